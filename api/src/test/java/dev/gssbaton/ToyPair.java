package dev.gssbaton;

import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;

/** Both sides of an established toy context. */
record ToyPair(BatonContext initiator, BatonContext acceptor) {
    static ToyPair establish(BatonManager manager) throws GSSException {
        return establish(manager, 0);
    }

    static ToyPair establish(BatonManager manager, int lifetime) throws GSSException {
        BatonContext initiator =
                manager.createContext(ToyMechanism.named("acceptor"), ToyMechanism.OID, null, lifetime);
        BatonContext acceptor = manager.createContext((GSSCredential) null);
        byte[] hello = initiator.initSecContext(new byte[0], 0, 0);
        byte[] welcome = acceptor.acceptSecContext(hello, 0, hello.length);
        initiator.initSecContext(welcome, 0, welcome.length);
        return new ToyPair(initiator, acceptor);
    }
}
