package dev.gssbaton;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import dev.gssbaton.claim.ProcessClaims;
import dev.gssbaton.spi.StateReader;
import dev.gssbaton.spi.TransferFault;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Any interleaving of export, disposal and messages has the results of some order in which they run one after another: a
 * message is counted in the token or refused, and one export at the most is given a token.
 *
 * <p>A result is a sequence number, or the fault. An exported token is imported at once, and its result is the next number
 * of the context that comes out: so a message that was made but not counted, or counted but not made, has no order.
 */
public class ContextLinearizabilityTest {
    private static final BatonManager MANAGER = BatonManager.builder()
            .mechanism(new ToyMechanism())
            .exporter(new ToyExporter())
            .keys(new ToyKeys())
            .claims(ProcessClaims.ofProcess())
            .build();
    private static final int SCALE = Integer.getInteger("baton.scale", 1);
    private static final byte[] MESSAGE = {1};

    /** What the interleavings run on: one acceptor, new for each. */
    public static class Acceptor {
        private final BatonContext context;

        public Acceptor() throws GSSException {
            context = ToyPair.establish(MANAGER).acceptor();
        }

        @Operation
        public String wrap() {
            return number(() -> context.wrap(MESSAGE, 0, MESSAGE.length, new MessageProp(true)));
        }

        @Operation
        public String mic() {
            return number(() -> context.getMIC(MESSAGE, 0, MESSAGE.length, new MessageProp(true)));
        }

        @Operation
        public String export() {
            return number(() -> {
                BatonContext imported = MANAGER.createContext(context.export());
                return imported.wrap(MESSAGE, 0, MESSAGE.length, new MessageProp(true));
            });
        }

        @Operation
        public String dispose() {
            try {
                context.dispose();
                return "disposed";
            } catch (GSSException e) {
                return fault(e);
            }
        }

        @Operation
        public boolean transferable() {
            return context.isTransferable();
        }

        @Operation
        public boolean established() {
            return context.isEstablished();
        }

        private static String number(Sending sending) {
            try {
                byte[] token = sending.send();
                return "number " + new StateReader(token, 0, token.length).int64("number");
            } catch (GSSException e) {
                return fault(e);
            }
        }

        private static String fault(GSSException e) {
            return TransferFault.of(e).map(Enum::name).orElse(e.toString());
        }
    }

    private interface Sending {
        byte[] send() throws GSSException;
    }

    @Test
    void export_against_messages_export_and_dispose_under_stress() {
        new StressOptions()
                .iterations(Math.min(5 * SCALE, 100))
                .invocationsPerIteration(300)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(1)
                .check(Acceptor.class);
    }

    @Test
    void export_against_messages_export_and_dispose_model_checked() {
        new ModelCheckingOptions()
                .iterations(Math.min(2 * SCALE, 20))
                .invocationsPerIteration(30)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(1)
                .addGuarantee(forClasses(Transfer.class.getName(), ToyContext.class.getName())
                        .allMethods()
                        .ignore())
                .loopBound(10_000)
                .check(Acceptor.class);
    }
}
