package dev.gssbaton.seal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Reads vectors: blocks of lines, each a field's name, a colon and its value. A block that begins with # is a comment. */
record Vectors(Map<String, String> fields) {
    static List<Vectors> read(String resource) throws IOException {
        List<Vectors> vectors = new ArrayList<>();
        try (InputStream in = Vectors.class.getResourceAsStream(resource)) {
            for (String block : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n\n", -1)) {
                if (!block.startsWith("#")) {
                    vectors.add(new Vectors(fields(block)));
                }
            }
        }
        return vectors;
    }

    private static Map<String, String> fields(String block) {
        Map<String, String> fields = new HashMap<>();
        block.lines().forEach(line -> {
            int colon = line.indexOf(':');
            fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
        });
        return fields;
    }

    String text(String field) {
        return fields.get(field);
    }

    byte[] hex(String field) {
        return HexFormat.of().parseHex(fields.get(field));
    }
}
