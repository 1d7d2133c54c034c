package dev.gssbaton;

import dev.gssbaton.spi.PublicId;
import java.util.Deque;
import java.util.List;
import org.ietf.jgss.GSSException;

/** What may be wrong with a hand-over: each is a mistake that the model finds. */
@SuppressWarnings("ImmutableEnumChecker") // The makers are functions without a state.
enum HandoverMistake {
    NONE(ModelGiver::real, ModelTaker::real),
    /** The same as published, written once more: what the mistakes below differ from. */
    NONE_REWRITTEN(ModelGiver.Rewritten::new, ModelTaker.Rewritten::new),

    // The exporter's

    GOES_ON_WHEN_NOTHING_IS_HEARD(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                public void rescue() {
                    thaw();
                }
            },
            ModelTaker::real),
    ERASES_WHEN_NOTHING_IS_HEARD(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                public void rescue() {
                    erase();
                }
            },
            ModelTaker::real),
    NEVER_GIVES_UP_WHAT_ANOTHER_HAS_CLAIMED(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                public void rescue() throws GSSException {
                    rescueIfUnclaimed();
                }
            },
            ModelTaker::real),
    DOES_NOT_WAIT_FOR_WHO_HAS_CLAIMED(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                public void rescueIfUnclaimed() throws GSSException {
                    rescue();
                }
            },
            ModelTaker::real),
    GOES_ON_OVER_A_LOST_CLAIM(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                boolean takeBack(PublicId name) throws GSSException {
                    super.takeBack(name);
                    return true;
                }
            },
            ModelTaker::real),
    GOES_ON_WHEN_THE_STORE_DOES_NOT_ANSWER(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                boolean takeBack(PublicId name) {
                    try {
                        return super.takeBack(name);
                    } catch (GSSException e) {
                        return true;
                    }
                }
            },
            ModelTaker::real),
    ERASES_WHEN_THE_STORE_DOES_NOT_ANSWER(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                boolean takeBack(PublicId name) {
                    try {
                        return super.takeBack(name);
                    } catch (GSSException e) {
                        return false;
                    }
                }
            },
            ModelTaker::real),
    BELIEVES_WHO_GIVES_BACK(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                public void renounced(PublicId claimant) {
                    thaw();
                }
            },
            ModelTaker::real),
    CLAIMS_IN_ITS_OWN_NAME_WHAT_IS_GIVEN_BACK(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                public void renounced(PublicId claimant) throws GSSException {
                    rescue();
                }
            },
            ModelTaker::real),
    FORGETS_IN_WHOSE_NAME_IT_ASKED(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                Iterable<PublicId> asked(Deque<PublicId> all) {
                    return List.of(all.getLast());
                }
            },
            ModelTaker::real),
    RESCUES_WHATEVER_THE_AGE(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                boolean takeBack(PublicId name) throws GSSException {
                    TokenClaim claim = parts().claim();
                    return claim.claiming().ask(name, claim.id(), claim.last()).won();
                }
            },
            ModelTaker::real),
    LOOKS_AT_THE_AGE_ONLY_BEFORE_IT_ASKS(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                boolean takeBack(PublicId name) throws GSSException {
                    TokenClaim claim = parts().claim();
                    return !parts().age()
                                    .isTooOld(claim.last(), claim.claiming().now())
                            && claim.claiming()
                                    .ask(name, claim.id(), claim.last())
                                    .won();
                }
            },
            ModelTaker::real),
    TRUSTS_A_CLOCK_THAT_CAN_BE_SET(
            parts -> new ModelGiver.Rewritten(parts) {
                @Override
                boolean takeBack(PublicId name) throws GSSException {
                    TokenClaim claim = parts().claim();
                    if (isOld(claim)) {
                        return false;
                    }
                    return claim.claiming().ask(name, claim.id(), claim.last()).won() && !isOld(claim);
                }

                private boolean isOld(TokenClaim claim) throws GSSException {
                    return claim.claiming().now().isAfter(claim.last().plusSeconds(300));
                }
            },
            ModelTaker::real),

    // The receiver's

    LIVES_ALTHOUGH_IT_LOST(ModelGiver::real, (manager, token) -> new ModelTaker.Rewritten(manager, token) {
        @Override
        public void claim() throws GSSException {
            ask();
        }
    }),
    LIVES_WHEN_THE_STORE_DOES_NOT_ANSWER(
            ModelGiver::real, (manager, token) -> new ModelTaker.Rewritten(manager, token) {
                @Override
                public void claim() throws GSSException {
                    try {
                        super.claim();
                    } catch (GSSException e) {
                        if (!mayClaimAgain(e)) {
                            throw e;
                        }
                    }
                }
            }),
    DOES_NOT_LOOK_AT_THE_TIME_WHEN_IT_HAS_WON(
            ModelGiver::real, (manager, token) -> new ModelTaker.Rewritten(manager, token) {
                @Override
                public void claim() throws GSSException {
                    if (!ask().won()) {
                        super.claim();
                    }
                }
            }),
    TAKES_ANOTHER_NAME_FOR_EACH_ATTEMPT(ModelGiver::real, (manager, token) -> new ModelTaker.Rewritten(manager, token) {
        @Override
        public boolean mayClaimAgain(GSSException e) {
            rename();
            return super.mayClaimAgain(e);
        }
    }),
    TELLS_BEFORE_THE_CLAIM(ModelGiver::real, ModelTaker::real),
    RENOUNCES_WHEN_LIVE(ModelGiver::real, ModelTaker.Rewritten::new);

    private final ModelGiver.Maker giver;
    private final ModelTaker.Maker taker;

    HandoverMistake(ModelGiver.Maker giver, ModelTaker.Maker taker) {
        this.giver = giver;
        this.taker = taker;
    }

    /** As much as must go wrong for it to show. */
    HandoverModel.Limits limits() {
        return switch (this) {
            case BELIEVES_WHO_GIVES_BACK, LIVES_ALTHOUGH_IT_LOST -> new HandoverModel.Limits(true, 0, 0, 0, 0);
            case TRUSTS_A_CLOCK_THAT_CAN_BE_SET -> new HandoverModel.Limits(false, 0, 0, 0, 1);
            case GOES_ON_WHEN_THE_STORE_DOES_NOT_ANSWER,
                    ERASES_WHEN_THE_STORE_DOES_NOT_ANSWER,
                    FORGETS_IN_WHOSE_NAME_IT_ASKED,
                    LIVES_WHEN_THE_STORE_DOES_NOT_ANSWER,
                    TAKES_ANOTHER_NAME_FOR_EACH_ATTEMPT -> new HandoverModel.Limits(false, 1, 0, 0, 0);
            case ERASES_WHEN_NOTHING_IS_HEARD, TELLS_BEFORE_THE_CLAIM -> new HandoverModel.Limits(false, 0, 1, 0, 0);
            default -> new HandoverModel.Limits(false, 0, 0, 0, 0);
        };
    }

    ModelGiver.Maker giver() {
        return giver;
    }

    ModelTaker.Maker taker() {
        return taker;
    }
}
