package dev.gssbaton.account;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A directory that accounts of one group share: root's, of mode 1770, in a place that only root can change. It is never
 * made here. All exceptions carry a text that says what is wrong. Immutable.
 */
public final class SharedDirectory {
    private final Path path;

    private SharedDirectory(Path path) {
        this.path = path;
    }

    /**
     * Gives a directory by its path.
     *
     * @param path the path, in which no symbolic link is
     * @return the directory; nothing is looked at yet
     */
    public static SharedDirectory at(Path path) {
        return new SharedDirectory(path.toAbsolutePath().normalize());
    }

    /**
     * Gives the path.
     *
     * @return an absolute path
     */
    public Path path() {
        return path;
    }

    /**
     * Checks that the directory is there, is shared as it must be, and that nobody but root could put another one in its
     * place.
     *
     * @return its status
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws IOException if it is another kind of directory, or cannot be looked at
     */
    public FileStatus check() throws IOException {
        FileStatus status = FileStatus.of(path);
        status.requireSharedDirectory();
        if (!path.toRealPath().equals(path)) {
            throw new IOException(
                    "there are symbolic links in " + path + ": name its real place, " + path.toRealPath());
        }
        for (Path at = path.getParent(); at != null; at = at.getParent()) {
            if (!FileStatus.of(at).isKeptByRoot()) {
                throw new IOException("others than root could replace " + path + ", since they may write to " + at
                        + ": use a directory in one of root's, such as /var/lib");
            }
        }
        return status;
    }

    /**
     * Names the path, for messages.
     *
     * @return the path
     */
    @Override
    public String toString() {
        return path.toString();
    }
}
