package dev.gssbaton;

import dev.gssbaton.spi.PublicId;
import java.util.ArrayDeque;
import java.util.Deque;
import org.ietf.jgss.GSSException;

/** The exporter's side of a hand-over, as the model drives it: {@link Offer}, or one with a mistake. */
interface ModelGiver {
    Offer.State state();

    void taken() throws GSSException;

    void renounced(PublicId claimant) throws GSSException;

    void rescue() throws GSSException;

    void rescueIfUnclaimed() throws GSSException;

    /** What a giver is made of. */
    record Parts(BatonContext context, ExportedToken token, TokenClaim claim, OfferAge age) {}

    /** Makes a giver. */
    interface Maker {
        ModelGiver of(Parts parts);
    }

    /** What is published. */
    static ModelGiver real(Parts parts) {
        Offer offer = new Offer(parts.context(), parts.token(), parts.claim(), parts.age());
        return new ModelGiver() {
            @Override
            public Offer.State state() {
                return offer.state();
            }

            @Override
            public void taken() {
                offer.taken();
            }

            @Override
            public void renounced(PublicId claimant) throws GSSException {
                offer.renounced(claimant);
            }

            @Override
            public void rescue() throws GSSException {
                offer.rescue();
            }

            @Override
            public void rescueIfUnclaimed() throws GSSException {
                offer.rescueIfUnclaimed();
            }
        };
    }

    /** A giver that does what the published one does, and that a mistake overrides. */
    class Rewritten implements ModelGiver {
        private final Parts parts;
        private final Deque<PublicId> names = new ArrayDeque<>();
        private Offer.State state = Offer.State.OPEN;

        Rewritten(Parts parts) {
            this.parts = parts;
        }

        @Override
        public Offer.State state() {
            return state;
        }

        @Override
        public void taken() throws GSSException {
            erase();
        }

        @Override
        public void renounced(PublicId claimant) throws GSSException {
            settle(claimant, true);
        }

        @Override
        public void rescue() throws GSSException {
            settle(parts.claim().claimant(), true);
        }

        @Override
        public void rescueIfUnclaimed() throws GSSException {
            settle(parts.claim().claimant(), false);
        }

        private void settle(PublicId name, boolean forGood) throws GSSException {
            if (!names.contains(name)) {
                names.add(name);
            }
            for (PublicId asked : asked(names)) {
                if (takeBack(asked)) {
                    thaw();
                    return;
                }
            }
            if (forGood) {
                erase();
            }
        }

        Iterable<PublicId> asked(Deque<PublicId> all) {
            return all;
        }

        boolean takeBack(PublicId name) throws GSSException {
            return parts.claim().takeBack(name, parts.age());
        }

        final Parts parts() {
            return parts;
        }

        final void thaw() {
            state = parts.context().thaw() ? Offer.State.KEPT : Offer.State.GIVEN;
        }

        final void erase() {
            parts.context().leave(parts.token().id());
            state = Offer.State.GIVEN;
        }
    }
}
