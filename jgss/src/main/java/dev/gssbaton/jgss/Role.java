package dev.gssbaton.jgss;

import org.ietf.jgss.GSSCredential;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.Oid;

/** What a credential is for. */
enum Role {
    INITIATE(GSSCredential.INITIATE_ONLY) {
        @Override
        int lifetime(GSSCredential credential, Oid mechanism) throws GSSException {
            return credential.getRemainingInitLifetime(mechanism);
        }
    },
    ACCEPT(GSSCredential.ACCEPT_ONLY) {
        @Override
        int lifetime(GSSCredential credential, Oid mechanism) throws GSSException {
            return credential.getRemainingAcceptLifetime(mechanism);
        }
    };

    private final int usage;

    Role(int usage) {
        this.usage = usage;
    }

    int usage() {
        return usage;
    }

    abstract int lifetime(GSSCredential credential, Oid mechanism) throws GSSException;

    boolean isServedBy(int usageOfCredential) {
        return usageOfCredential == usage || usageOfCredential == GSSCredential.INITIATE_AND_ACCEPT;
    }
}
