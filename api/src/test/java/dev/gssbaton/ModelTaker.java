package dev.gssbaton;

import dev.gssbaton.seal.TokenHeader;
import dev.gssbaton.spi.PublicId;
import dev.gssbaton.spi.TransferFault;
import org.ietf.jgss.GSSException;

/** The receiver's side of a hand-over, as the model drives it: {@link PreparedContext}, or one with a mistake. */
interface ModelTaker {
    void claim() throws GSSException;

    void live();

    PublicId renounce();

    /** Whether a claim that failed with this may be tried again. */
    default boolean mayClaimAgain(GSSException e) {
        return TransferFault.of(e)
                .filter(fault -> fault == TransferFault.CLAIM_UNKNOWN || fault == TransferFault.CLAIMS_UNUSABLE)
                .isPresent();
    }

    /** Makes a taker. */
    interface Maker {
        ModelTaker of(BatonManager manager, byte[] token) throws GSSException;
    }

    /** What is published. */
    static ModelTaker real(BatonManager manager, byte[] token) throws GSSException {
        PreparedContext context = manager.prepareContext(token, ImportOptions.any());
        return new ModelTaker() {
            @Override
            public void claim() throws GSSException {
                context.claim();
            }

            @Override
            public void live() {
                context.live();
            }

            @Override
            public PublicId renounce() {
                return context.renounce();
            }
        };
    }

    /** A taker that does what the published one does, and that a mistake overrides. */
    class Rewritten implements ModelTaker {
        private final Claiming claiming;
        private final TokenHeader header;
        private TokenClaim claim;

        Rewritten(BatonManager manager, byte[] token) throws GSSException {
            claiming = new Claiming(manager.environment());
            header = TokenHeader.decode(token);
            rename();
        }

        /** Takes another name. */
        final void rename() {
            claim = new TokenClaim(claiming, header.id(), header.notAfter(), header.storeId());
        }

        @Override
        public void claim() throws GSSException {
            claim.take();
        }

        /** Asks the store, and believes whatever it says. */
        final Claiming.Answer ask() throws GSSException {
            return claiming.ask(claim.claimant(), header.id(), header.notAfter());
        }

        @Override
        public void live() {}

        @Override
        public PublicId renounce() {
            return claim.claimant();
        }
    }
}
