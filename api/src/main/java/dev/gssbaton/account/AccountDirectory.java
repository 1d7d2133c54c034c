package dev.gssbaton.account;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A directory that belongs to this account alone: made with mode 0700, and refused if it has another mode, another owner,
 * or is a symbolic link.
 *
 * <p>Whoever may write into a directory's parent may put another directory in its place. So a parent that everybody may
 * write to is refused too, unless its sticky bit keeps them from that; a parent that a group may write to is the
 * administrator's choice.
 *
 * <p>All exceptions carry a text that says what is wrong and what to do. Immutable.
 */
public final class AccountDirectory {
    private static final String HOME_PROPERTY = "baton.home";
    private static final String HOME_VARIABLE = "BATON_HOME";

    /** Null if the account has no home directory to put it into. */
    private final Path path;
    /** What to make before this one; null for a directory whose parent is not ours to make. */
    private final AccountDirectory parent;

    private AccountDirectory(Path path, AccountDirectory parent) {
        this.path = path;
        this.parent = parent;
    }

    /**
     * Gives the directory that is the account's own: the system property {@code baton.home}, else the environment's
     * {@code BATON_HOME}, else {@code .baton} in the home directory.
     *
     * @return the directory; nothing is looked at yet
     */
    public static AccountDirectory ofUser() {
        String named = System.getProperty(HOME_PROPERTY, System.getenv(HOME_VARIABLE));
        if (named != null && !named.isEmpty()) {
            return at(Path.of(named));
        }
        String home = System.getProperty("user.home", "");
        // The JDK says "?" for a user without an entry in the password file.
        boolean homeless = home.isEmpty() || home.equals("?");
        return homeless ? new AccountDirectory(null, null) : at(Path.of(home, ".baton"));
    }

    /**
     * Gives a directory by its path. Its parent must exist when it is made.
     *
     * @param path the path
     * @return the directory; nothing is looked at yet
     */
    public static AccountDirectory at(Path path) {
        return new AccountDirectory(path.toAbsolutePath().normalize(), null);
    }

    /**
     * Gives a directory inside this one. Making it makes this one.
     *
     * @param name its name
     * @return the directory; nothing is looked at yet
     */
    public AccountDirectory child(String name) {
        return new AccountDirectory(path == null ? null : path.resolve(name), this);
    }

    /**
     * Gives the path of a file or directory inside this one.
     *
     * @param name its name
     * @return an absolute path
     * @throws IOException if the account has no home directory
     */
    public Path resolve(String name) throws IOException {
        return path().resolve(name);
    }

    /**
     * Gives the path.
     *
     * @return an absolute path
     * @throws IOException if the account has no home directory
     */
    public Path path() throws IOException {
        if (path == null) {
            throw new IOException("this account has no home directory: set " + HOME_VARIABLE + " or -D" + HOME_PROPERTY
                    + " to a directory of this account");
        }
        return path;
    }

    /**
     * Makes the directory if there is none, and checks it in any case. Two processes may do so at once.
     *
     * @throws IOException if it cannot be made, or is not this account's alone
     */
    public void make() throws IOException {
        Path made = path();
        if (!Files.isDirectory(made)) {
            if (parent != null) {
                parent.make();
            }
            try {
                makePrivate(made);
            } catch (FileAlreadyExistsException e) {
                // Another process was first, or something else is in the way: the check below tells.
            } catch (NoSuchFileException e) {
                throw explained(
                        "directory " + made + " cannot be made, since " + made.getParent()
                                + " does not exist: make that one first, or set " + HOME_VARIABLE,
                        e);
            } catch (IOException e) {
                throw explained(
                        "directory " + made + " cannot be made (" + reason(e) + "): let this account write to "
                                + made.getParent() + ", or set " + HOME_VARIABLE,
                        e);
            }
        }
        check();
    }

    /**
     * Makes one directory with mode 0700, whose parent is there.
     *
     * @param made where
     * @throws IOException as {@link Files#createDirectory} does
     */
    public static void makePrivate(Path made) throws IOException {
        try {
            Files.createDirectory(
                    made, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (UnsupportedOperationException e) {
            throw FileStatus.unsupported(e);
        }
    }

    /**
     * Checks that the directory is there and is this account's alone.
     *
     * @return its status
     * @throws NoSuchFileException if there is none
     * @throws IOException if it is not this account's alone, or cannot be looked at
     */
    public FileStatus check() throws IOException {
        FileStatus status = FileStatus.of(path());
        status.requirePrivateDirectory();
        requireSafeParents();
        return status;
    }

    private void requireSafeParents() throws IOException {
        for (Path at = path.toRealPath().getParent(); at != null; at = at.getParent()) {
            FileStatus status = FileStatus.of(at);
            if (status.isWritableByAll() && !status.isSticky()) {
                throw new IOException("anybody could replace " + path + ", since anybody may write to " + at
                        + ": chmod o-w (or +t) " + at + ", or use another directory");
            }
        }
    }

    /**
     * Says in a few words why the file system refused something.
     *
     * @param e what it threw
     * @return its reason without the path, which the caller names
     */
    public static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof FileSystemException refused && refused.getReason() != null) {
            return refused.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /**
     * Says what the file system refused, for a message of its own.
     *
     * @param e what it threw, or an exception of this package
     * @return its text, with the path it is about
     */
    public static String explain(IOException e) {
        return e instanceof FileSystemException refused ? refused.getFile() + ": " + reason(e) : reason(e);
    }

    private static IOException explained(String text, IOException cause) {
        return new IOException(text, cause);
    }

    /**
     * Names the path, for messages.
     *
     * @return the path, or words that say that there is none
     */
    @Override
    public String toString() {
        return path == null ? "no directory" : path.toString();
    }
}
