package dev.gssbaton.cli.worker;

import dev.gssbaton.handoff.Parcel;
import java.io.IOException;
import org.ietf.jgss.GSSException;

/** Those who are given contexts. */
public interface Receivers {
    /**
     * Gives a context to one of them.
     *
     * @param parcel the context, its socket and what else goes along, all of it the receiver's if this returns
     * @param session whose it is
     * @return who has it
     * @throws GSSException if the context cannot be offered: it is as it was
     * @throws IOException if nobody has taken it: it is as it was
     */
    String give(Parcel parcel, SessionNote session) throws GSSException, IOException, InterruptedException;
}
