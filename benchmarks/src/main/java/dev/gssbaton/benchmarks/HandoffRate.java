package dev.gssbaton.benchmarks;

import dev.gssbaton.BatonManager;
import dev.gssbaton.Offer;
import dev.gssbaton.claim.HostClaims;
import dev.gssbaton.handoff.Gift;
import dev.gssbaton.handoff.Handoff;
import dev.gssbaton.handoff.HandoffChannel;
import dev.gssbaton.handoff.HandoffListener;
import dev.gssbaton.handoff.HandoffOptions;
import dev.gssbaton.handoff.Parcel;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/**
 * How many contexts of Kerberos go with their sockets from one process to another in a second, with the claims of the host, and how
 * long each client waits.
 *
 * <p>A client's wait begins when its context is about to be frozen, and ends when the client has the first octet that the receiver sent
 * it, protected by the context. Giver and clients are this process, which forks the receiver; both share the machine's monotonic clock.
 *
 * <pre>{@code java -cp benchmarks.jar dev.gssbaton.benchmarks.HandoffRate [contexts] [rounds] [plot.svg]}</pre>
 */
public final class HandoffRate {
    private static final int[] WINDOWS = {1, 4, 16, 64};
    private static final String ENCTYPE = "aes256-cts-hmac-sha384-192";

    private final int contexts;
    private final Path directory;
    private final BatonManager manager;
    private final Krb5Realm realm = new Krb5Realm(ENCTYPE);

    private HandoffRate(int contexts, Path directory) {
        this.contexts = contexts;
        this.directory = directory;
        this.manager = manager(directory);
    }

    private static BatonManager manager(Path directory) {
        return BatonManager.builder()
                .claims(HostClaims.in(directory.resolve("claims")))
                .build();
    }

    /**
     * Measures.
     *
     * @param arguments contexts of a round, rounds, and where to draw; 2,000 and 5 and nowhere if they are missing
     * @throws Exception if anything fails
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("take")) {
            take(Path.of(arguments[1]));
            return;
        }
        int contexts = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        try (TemporaryFolder folder = new TemporaryFolder()) {
            System.setProperty(
                    "java.security.krb5.conf",
                    Krb5Realm.writeConfiguration(folder.path()).toString());
            Map<String, Map<Long, Double>> waits = new TreeMap<>();
            System.out.println("| At once | Contexts a second | Wait, median | Wait, 99th percentile | Longest |");
            System.out.println("|---|---|---|---|---|");
            HandoffRate rate = new HandoffRate(contexts, folder.path());
            rate.measure(16, 3);
            for (int window : WINDOWS) {
                Round round = rate.measure(window, rounds);
                System.out.println(String.format(
                        Locale.ROOT,
                        "| %d | %,.0f | %.1f ms | %.1f ms | %.1f ms |",
                        window,
                        round.perSecond(),
                        round.quantile(0.5),
                        round.quantile(0.99),
                        round.quantile(1)));
                waits.computeIfAbsent("median", name -> new TreeMap<>()).put((long) window, round.quantile(0.5));
                waits.computeIfAbsent("99th percentile", name -> new TreeMap<>())
                        .put((long) window, round.quantile(0.99));
            }
            if (arguments.length > 2) {
                Files.writeString(
                        Path.of(arguments[2]),
                        Plot.lines("A client's wait, by contexts frozen at once", "ms", Map.of("hand-over", waits)));
            }
        }
    }

    /**
     * What was measured.
     *
     * @param perSecond contexts a second, of the median round
     * @param millis the wait of each client, sorted
     */
    @SuppressWarnings("ArrayRecordComponent") // Made once, and read.
    private record Round(double perSecond, double[] millis) {
        double quantile(double share) {
            return millis[(int) Math.ceil(share * millis.length) - 1];
        }
    }

    private Round measure(int window, int rounds) throws Exception {
        double[] rates = new double[rounds];
        double[] waits = new double[0];
        Path socket = directory.resolve("private").resolve("socket");
        Process taker = fork();
        try {
            try (HandoffChannel channel =
                    connect(socket, HandoffOptions.of(manager).withWindow(window))) {
                // What is compiled while it runs is not measured.
                round(channel, new double[1], 0);
                for (int i = 0; i < rounds; i++) {
                    double[] more = round(channel, rates, i);
                    int before = waits.length;
                    waits = Arrays.copyOf(waits, before + more.length);
                    System.arraycopy(more, 0, waits, before, more.length);
                }
            }
            taker.waitFor();
        } finally {
            taker.destroyForcibly();
        }
        Arrays.sort(rates);
        Arrays.sort(waits);
        return new Round(rates[rounds / 2], waits);
    }

    /** Connects as soon as the receiver listens. */
    private static HandoffChannel connect(Path socket, HandoffOptions options) throws Exception {
        for (int attempts = 0; ; attempts++) {
            try {
                return HandoffChannel.connect(socket, options);
            } catch (IOException e) {
                if (attempts == 500) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }

    private Process fork() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HandoffRate.class.getName(),
                        "take",
                        directory.toString())
                .inheritIO()
                .start();
    }

    /** Gives all, and tells how long each client waited. */
    private double[] round(HandoffChannel channel, double[] rates, int at) throws Exception {
        List<SocketChannel> clients = new ArrayList<>();
        List<Parcel> parcels = new ArrayList<>();
        long[] begun = new long[contexts];
        long[] heard = new long[contexts];
        try (ServerSocketChannel listener = ServerSocketChannel.open();
                Selector selector = Selector.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
            for (int i = 0; i < contexts; i++) {
                SocketChannel client = SocketChannel.open(listener.getLocalAddress());
                client.configureBlocking(false);
                client.register(selector, SelectionKey.OP_READ, i);
                clients.add(client);
                SocketChannel server = listener.accept();
                server.configureBlocking(false);
                parcels.add(Parcel.of(realm.accept(manager), server));
            }
            CountDownLatch all = new CountDownLatch(contexts);
            Thread hearing = new Thread(() -> hear(selector, heard, all));
            hearing.start();
            long begin = System.nanoTime();
            List<Gift> gifts = channel.giveAll(stamped(parcels, begun), gift -> {});
            double seconds = (System.nanoTime() - begin) / 1e9;
            all.await();
            hearing.join();
            if (gifts.stream().anyMatch(gift -> gift.state() != Offer.State.GIVEN) || gifts.size() != contexts) {
                throw new IllegalStateException("not all were given");
            }
            rates[at] = contexts / seconds;
        }
        double[] millis = new double[contexts];
        for (int i = 0; i < contexts; i++) {
            millis[i] = (heard[i] - begun[i]) / 1e6;
            clients.get(i).close();
        }
        return millis;
    }

    /** Notes when each is about to be given: the last time it is asked for. */
    private static List<Parcel> stamped(List<Parcel> parcels, long[] begun) {
        return new AbstractList<>() {
            @Override
            public Parcel get(int index) {
                begun[index] = System.nanoTime();
                return parcels.get(index);
            }

            @Override
            public int size() {
                return parcels.size();
            }
        };
    }

    private static void hear(Selector selector, long[] heard, CountDownLatch all) {
        ByteBuffer in = ByteBuffer.allocate(256);
        try {
            while (all.getCount() > 0) {
                selector.select(key -> {
                    int index = (Integer) key.attachment();
                    heard[index] = System.nanoTime();
                    try {
                        ((SocketChannel) key.channel()).read(in.clear());
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                    key.cancel();
                    all.countDown();
                });
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The receiver: says a word to each client as soon as its context is live. */
    private static void take(Path directory) throws IOException, GSSException {
        BatonManager manager = manager(directory);
        byte[] word = "here".getBytes(StandardCharsets.US_ASCII);
        Path socket = directory.resolve("private").resolve("socket");
        try (HandoffListener listener = HandoffListener.bind(socket, HandoffOptions.of(manager));
                HandoffChannel channel = listener.accept()) {
            while (true) {
                Handoff taken = channel.take();
                byte[] token = taken.context().wrap(word, 0, word.length, new MessageProp(true));
                taken.socket().write(ByteBuffer.wrap(token));
                taken.context().dispose();
                taken.socket().close();
            }
        } catch (EOFException e) {
            // The giver is done.
        }
    }
}
