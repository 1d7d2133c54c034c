package dev.gssbaton.jgss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gssbaton.jgss.Registration.Side;
import dev.gssbaton.peers.Account;
import dev.gssbaton.peers.EmbeddedKdc;
import dev.gssbaton.peers.Kdc;
import dev.gssbaton.peers.Login;
import dev.gssbaton.peers.MitKdc;
import dev.gssbaton.peers.NativePeer;
import dev.gssbaton.peers.Requires;
import dev.gssbaton.program.InquiresEverything;
import dev.gssbaton.program.WithoutSubject;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.login.Configuration;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.GSSName;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where credentials come from: the places in which the JDK's own mechanism looks. */
class CredentialsTest {
    private static final String SUBJECT_ALONE = "javax.security.auth.useSubjectCredsOnly";
    private static final Oid PRINCIPAL = FrontEndTest.oid("1.2.840.113554.1.2.2.1");
    private static final String PACKAGES = "java.security.jgss/sun.security.";

    @TempDir
    private Path folder;

    private final Kdc kdc = EmbeddedKdc.shared();
    private final Account user = kdc.account("alice");
    private final Account service = kdc.account("sample/localhost");

    @Test
    void withoutASubjectThereIsNone() throws Exception {
        GSSException failure = assertThrows(
                GSSException.class,
                () -> Registration.on(
                        Side.BATON, () -> GSSManager.getInstance().createCredential(GSSCredential.INITIATE_ONLY)));
        assertEquals(GSSException.NO_CRED, failure.getMajor());
    }

    @Test
    void aSubjectsAreFoundByUsageAndName() throws Exception {
        Subject both = Login.both(user);
        GSSManager manager = Registration.on(Side.BATON, GSSManager::getInstance);
        GSSCredential credential = Login.as(both, () -> manager.createCredential(GSSCredential.INITIATE_AND_ACCEPT));
        assertEquals(GSSCredential.INITIATE_AND_ACCEPT, credential.getUsage(FrontEndTest.KRB5));
        assertEquals(user.principal(), credential.getName().toString());
        assertTrue(credential.getRemainingInitLifetime(FrontEndTest.KRB5) > 0);
        assertEquals(GSSCredential.INDEFINITE_LIFETIME, credential.getRemainingAcceptLifetime(FrontEndTest.KRB5));
        GSSName other = manager.createName(service.principal(), null);
        assertThrows(
                GSSException.class,
                () -> Login.as(
                        both,
                        () -> manager.createCredential(other, 0, FrontEndTest.KRB5, GSSCredential.INITIATE_ONLY)));
        credential.dispose();
    }

    @Test
    void aCredentialOfTheJdksProviderIsTakenToo() throws Exception {
        Subject subject = Login.initiator(user);
        GSSCredential jdks = Login.as(subject, () -> GSSManager.getInstance()
                .createCredential(null, 0, FrontEndTest.KRB5, GSSCredential.INITIATE_ONLY));
        Subject acceptor = Login.acceptor(service);
        GSSContext[] sides = sides(jdks, acceptor);
        assertEquals("the JDK", WithoutSubject.owner(sides[0]));
        assertEquals("Baton", WithoutSubject.owner(sides[1]));
    }

    private static GSSContext[] sides(GSSCredential credential, Subject acceptorSubject) throws Exception {
        GSSManager manager = Registration.on(Side.BATON, GSSManager::getInstance);
        GSSContext initiator = manager.createContext(
                manager.createName("sample@localhost", GSSName.NT_HOSTBASED_SERVICE), FrontEndTest.KRB5, credential, 0);
        GSSContext acceptor = manager.createContext((GSSCredential) null);
        byte[] request = initiator.initSecContext(new byte[0], 0, 0);
        byte[] reply = Login.as(acceptorSubject, () -> acceptor.acceptSecContext(request, 0, request.length));
        initiator.initSecContext(reply, 0, reply.length);
        return new GSSContext[] {initiator, acceptor};
    }

    @Test
    void withALoginOfJgssAcceptorsAreBatonsAndInitiatorsTheJdks() throws Exception {
        Configuration before = configuration();
        System.setProperty(SUBJECT_ALONE, "false");
        Configuration.setConfiguration(WithoutSubject.entries(
                user.principal(),
                user.keytab().toString(),
                service.principal(),
                service.keytab().toString()));
        try {
            GSSContext[] sides = Registration.on(Side.BATON, WithoutSubject::establish);
            assertEquals("the JDK", WithoutSubject.owner(sides[0]));
            assertEquals("Baton", WithoutSubject.owner(sides[1]));
            assertEquals(user.principal(), sides[1].getSrcName().toString());
        } finally {
            System.clearProperty(SUBJECT_ALONE);
            Configuration.setConfiguration(before);
        }
    }

    private static Configuration configuration() {
        try {
            return Configuration.getConfiguration();
        } catch (SecurityException e) {
            return null;
        }
    }

    @Test
    void withAnotherExportInitiatorsAreBatonsToo() throws Exception {
        List<String> lines = run(
                kdc,
                user,
                service,
                "--add-exports",
                PACKAGES + "jgss.spi=ALL-UNNAMED",
                "--add-exports",
                PACKAGES + "krb5=ALL-UNNAMED");
        assertEquals(
                List.of(
                        "initiator of Baton",
                        "acceptor of Baton",
                        "client " + user.principal(),
                        "authorization data none"),
                lines);
    }

    @Test
    void withoutAnyExportBothAreTheJdks() throws Exception {
        assertEquals(
                List.of("initiator of the JDK", "acceptor of the JDK"),
                run(kdc, user, service).subList(0, 2));
    }

    @Test
    @Requires(NativePeer.MIT)
    void authorizationDataNeedAnExport() throws Exception {
        Kdc mit = MitKdc.shared();
        Account alice = mit.account("alice");
        Account sample = mit.account("sample/localhost");
        String spi = PACKAGES + "jgss.spi=ALL-UNNAMED";
        String internal = PACKAGES + "krb5.internal=ALL-UNNAMED";
        List<String> jdks = run(mit, alice, sample);
        List<String> without = run(mit, alice, sample, "--add-exports", spi);
        List<String> with = run(mit, alice, sample, "--add-exports", spi, "--add-exports", internal);
        assertEquals(List.of("initiator of the JDK", "acceptor of Baton"), without.subList(0, 2));
        assertEquals("authorization data Operation unavailable", without.get(3));
        assertEquals(jdks.get(3), with.get(3));
        assertFalse(with.get(3).endsWith("none"), with.get(3));
    }

    @Test
    @Requires(NativePeer.MIT)
    void everythingThatCanBeInquiredIsWhatTheJdkSays() throws Exception {
        Kdc mit = MitKdc.shared();
        Account alice = mit.account("alice");
        Account sample = mit.account("sample/localhost");
        List<String> jdks = run(InquiresEverything.class, mit, alice, sample);
        List<String> batons = run(
                InquiresEverything.class,
                mit,
                alice,
                sample,
                "--add-exports",
                PACKAGES + "jgss.spi=ALL-UNNAMED",
                "--add-exports",
                PACKAGES + "krb5=ALL-UNNAMED",
                "--add-exports",
                PACKAGES + "krb5.internal=ALL-UNNAMED");
        assertEquals(2, Collections.frequency(jdks, "the JDK with the JDK"));
        assertEquals(2, Collections.frequency(batons, "Baton with Baton"));
        assertEquals(
                jdks,
                batons.stream().map(line -> line.replace("Baton", "the JDK")).toList());
        String delegates = "established KRB5_GET_KRB_CRED: " + alice.principal() + " to " + sample.principal()
                + " with 1 ticket | Operation unavailable";
        assertTrue(jdks.contains(delegates), jdks.toString());
    }

    private List<String> run(Kdc realm, Account client, Account server, String... exports) throws Exception {
        return run(WithoutSubject.class, realm, client, server, exports);
    }

    private List<String> run(Class<?> program, Kdc realm, Account client, Account server, String... exports)
            throws Exception {
        Jvm jvm = new Jvm(folder, Jvm.firstInTheList("Baton"));
        List<String> arguments = new ArrayList<>(List.of(exports));
        arguments.addAll(List.of(
                "-Djava.security.krb5.conf=" + realm.krb5Conf(),
                "-cp",
                Jvm.placeOf(program)
                        + File.pathSeparator
                        + Jvm.path(Jvm.JGSS, Jvm.API, Jvm.SPI, Jvm.KRB5, Jvm.BOUNCY_CASTLE),
                program.getName(),
                client.principal(),
                client.keytab().toString(),
                server.principal(),
                server.keytab().toString()));
        return jvm.run(Map.of(), arguments).lines();
    }

    @Test
    @Requires(NativePeer.MIT)
    void aDelegatedCredentialGoesOnFromTheSubjectThatItIsPutInto() throws Exception {
        Kdc mit = MitKdc.shared();
        Subject alice = Login.initiator(mit.account("alice"));
        Subject front = Login.acceptor(mit.account("front/localhost"));
        Subject back = Login.acceptor(mit.account("back/localhost"));
        GSSManager manager = Registration.on(Side.BATON, GSSManager::getInstance);
        GSSContext first = accept(manager, alice, "front/localhost@" + mit.realm(), front, true);
        assertTrue(first.getCredDelegState());
        GSSCredential delegated = first.getDelegCred();
        assertEquals("alice@" + mit.realm(), delegated.getName().toString());
        Subject inTheirName = new Subject(false, Set.of(), Set.of(), Set.of(delegated));
        GSSContext second = accept(manager, inTheirName, "back/localhost@" + mit.realm(), back, false);
        assertEquals("alice@" + mit.realm(), second.getSrcName().toString());
        assertEquals("Baton", WithoutSubject.owner(second));
        assertFalse(second.getCredDelegState());
        System.setProperty(SUBJECT_ALONE, "false");
        try {
            GSSContext third = manager.createContext(
                    manager.createName("back/localhost@" + mit.realm(), PRINCIPAL), FrontEndTest.KRB5, delegated, 0);
            byte[] request = third.initSecContext(new byte[0], 0, 0);
            GSSContext acceptor = manager.createContext((GSSCredential) null);
            Login.as(back, () -> acceptor.acceptSecContext(request, 0, request.length));
            assertEquals("alice@" + mit.realm(), acceptor.getSrcName().toString());
            assertEquals("the JDK", WithoutSubject.owner(third));
            third.dispose();
        } finally {
            System.clearProperty(SUBJECT_ALONE);
        }
    }

    @Test
    void aCredentialThatWasDisposedOfIsPassedOver() throws Exception {
        Subject subject = Login.initiator(user);
        GSSManager manager = Registration.on(Side.BATON, GSSManager::getInstance);
        GSSCredential disposed = Login.as(
                subject, () -> manager.createCredential(null, 0, FrontEndTest.KRB5, GSSCredential.INITIATE_ONLY));
        subject.getPrivateCredentials().add(disposed);
        disposed.dispose();
        GSSContext acceptor = accept(manager, subject, service.principal(), Login.acceptor(service), false);
        assertEquals(user.principal(), acceptor.getSrcName().toString());
    }

    private static GSSContext accept(
            GSSManager manager, Subject client, String service, Subject server, boolean delegate) throws Exception {
        GSSContext initiator =
                manager.createContext(manager.createName(service, PRINCIPAL), FrontEndTest.KRB5, null, 0);
        initiator.requestMutualAuth(true);
        initiator.requestCredDeleg(delegate);
        GSSContext acceptor = manager.createContext((GSSCredential) null);
        byte[] request = Login.as(client, () -> initiator.initSecContext(new byte[0], 0, 0));
        byte[] reply = Login.as(server, () -> acceptor.acceptSecContext(request, 0, request.length));
        Login.as(client, () -> initiator.initSecContext(reply, 0, reply.length));
        assertEquals("Baton", WithoutSubject.owner(initiator));
        return acceptor;
    }
}
