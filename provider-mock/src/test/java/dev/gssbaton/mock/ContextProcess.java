package dev.gssbaton.mock;

import dev.gssbaton.BatonContext;
import dev.gssbaton.BatonManager;
import dev.gssbaton.spi.TransferFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/**
 * A process with at most one context, of bob or with bob, and a manager with the defaults. It reads a command from each
 * line of its input and answers with a line: {@code ok} and octets in hexadecimal, or {@code refused} and the fault.
 */
final class ContextProcess {
    private final BatonManager manager = BatonManager.withDefaults();
    private BatonContext context;

    private ContextProcess() {}

    public static void main(String[] arguments) throws IOException {
        ContextProcess process = new ContextProcess();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", 2);
            try {
                byte[] answer = process.answer(words[0], HexFormat.of().parseHex(words[1]));
                out.println("ok " + HexFormat.of().formatHex(answer == null ? new byte[0] : answer));
            } catch (GSSException e) {
                out.println("refused "
                        + TransferFault.of(e).map(TransferFault::name).orElseGet(e::toString));
            }
        }
    }

    private byte[] answer(String command, byte[] octets) throws GSSException {
        switch (command) {
            case "accept" -> {
                if (context == null) {
                    context = manager.createContext(MockFixture.party("bob").credential());
                }
                return context.acceptSecContext(octets, 0, octets.length);
            }
            case "initiate" -> {
                if (context == null) {
                    context = manager.createContext(
                            MockFixture.name("bob"),
                            Mock.MECHANISM,
                            MockFixture.party("alice").credential(),
                            GSSContext.INDEFINITE_LIFETIME);
                }
                return context.initSecContext(octets, 0, octets.length);
            }
            case "import" -> {
                context = manager.createContext(octets);
                return octets;
            }
            case "export" -> {
                return context.export();
            }
            case "wrap" -> {
                return context.wrap(octets, 0, octets.length, new MessageProp(true));
            }
            case "unwrap" -> {
                MessageProp prop = new MessageProp(false);
                byte[] message = context.unwrap(octets, 0, octets.length, prop);
                if (prop.isDuplicateToken() || prop.isGapToken() || prop.isOldToken() || prop.isUnseqToken()) {
                    throw new GSSException(GSSException.FAILURE, 0, prop.getMinorString());
                }
                return message;
            }
            default -> throw new IllegalArgumentException(command);
        }
    }
}
