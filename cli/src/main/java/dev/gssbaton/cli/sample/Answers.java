package dev.gssbaton.cli.sample;

import java.nio.charset.StandardCharsets;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.MessageProp;

/** What is answered to a client's message. */
public enum Answers {
    /** What MIT's gss-server answers: a MIC of the plain text, or nothing in particular. */
    MIC {
        @Override
        Frame answer(GSSContext context, Frame message, byte[] text, String speaker) throws GSSException {
            return message.has(Frame.SEND_MIC)
                    ? new Frame(Frame.MIC, context.getMIC(text, 0, text.length, new MessageProp(false)))
                    : Frame.empty(Frame.NOOP);
        }
    },
    /** The message itself and who speaks, encrypted: so the client sees where its messages arrive. */
    ECHO {
        @Override
        Frame answer(GSSContext context, Frame message, byte[] text, String speaker) throws GSSException {
            byte[] answer =
                    echo(new String(text, StandardCharsets.UTF_8), speaker).getBytes(StandardCharsets.UTF_8);
            return new Frame(
                    Frame.DATA | Frame.WRAPPED | Frame.ENCRYPTED,
                    context.wrap(answer, 0, answer.length, new MessageProp(true)));
        }
    };

    /** Returns the text that {@link #ECHO} answers. */
    public static String echo(String message, String speaker) {
        return message + ", answered by " + speaker;
    }

    abstract Frame answer(GSSContext context, Frame message, byte[] text, String speaker) throws GSSException;
}
