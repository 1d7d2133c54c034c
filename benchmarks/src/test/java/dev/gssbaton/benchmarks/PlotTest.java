package dev.gssbaton.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class PlotTest {
    @Test
    void everyKindHasItsLineInEveryPanel() throws Exception {
        Map<Long, Double> one = new TreeMap<>(Map.of(64L, 1.0, 1024L, 20.0));
        Map<Long, Double> other = new TreeMap<>(Map.of(64L, 3.0, 1024L, 500.0));
        Document svg = parsed(
                Plot.lines("both", "µs", Map.of("first", Map.of("a", one, "b", other), "second", Map.of("a", one))));
        assertEquals(3, svg.getElementsByTagName("path").getLength());
        assertEquals(6, svg.getElementsByTagName("circle").getLength());
    }

    @Test
    void everyValueHasItsBar() throws Exception {
        Document svg = parsed(Plot.bars("bars", "B", Map.of("a", 1.0, "b", 2.0)));
        assertEquals(1 + 2, svg.getElementsByTagName("rect").getLength());
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }
}
