package dev.gssbaton.account;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the file system says of a file, symbolic links not followed. No longer equal when another file has taken its place,
 * since both were there at once.
 *
 * @param path the file
 * @param mode type and permissions, as {@code st_mode}
 * @param owner number of the user that owns it
 * @param device number of the device
 * @param inode number on the device
 * @param size length in octets
 */
public record FileStatus(Path path, int mode, int owner, long device, long inode, long size) {
    private static final int TYPE_MASK = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int REGULAR = 0100000;
    private static final int LINK = 0120000;
    private static final int STICKY = 01000;
    private static final int ALL_MAY_WRITE = 0002;
    private static final int OTHERS_MAY = 0077;
    private static final int PERMISSIONS = 07777;

    private static final Pattern EFFECTIVE_USER = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d+)\\s");

    /**
     * Looks at a file.
     *
     * @param path the file
     * @return its status
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws IOException if it cannot be looked at, or the system has no POSIX permissions
     */
    public static FileStatus of(Path path) throws IOException {
        try {
            Map<String, Object> unix =
                    Files.readAttributes(path, "unix:mode,uid,dev,ino,size", LinkOption.NOFOLLOW_LINKS);
            return new FileStatus(
                    path,
                    (Integer) unix.get("mode"),
                    (Integer) unix.get("uid"),
                    (Long) unix.get("dev"),
                    (Long) unix.get("ino"),
                    (Long) unix.get("size"));
        } catch (UnsupportedOperationException e) {
            throw unsupported(e);
        }
    }

    static IOException unsupported(UnsupportedOperationException e) {
        return new IOException(
                "this file system has no owners and permissions as POSIX has them: Baton keeps files on Linux only", e);
    }

    /**
     * Refuses anything but a directory of this account that nobody else may enter.
     *
     * @throws IOException saying what is wrong and what to do
     */
    public void requirePrivateDirectory() throws IOException {
        requireType(DIRECTORY, "directory");
        requirePrivate("directory", "700");
    }

    /**
     * Refuses anything but a regular file of this account that nobody else may read or write.
     *
     * @throws IOException saying what is wrong and what to do
     */
    public void requirePrivateFile() throws IOException {
        requireType(REGULAR, "file");
        requirePrivate("file", "600");
    }

    boolean isWritableByAll() {
        return (mode & ALL_MAY_WRITE) != 0;
    }

    boolean isSticky() {
        return (mode & STICKY) != 0;
    }

    private void requireType(int type, String name) throws IOException {
        int found = mode & TYPE_MASK;
        if (found == LINK) {
            throw new IOException(path + " is a symbolic link, and links are not followed here: put the " + name
                    + " itself there, or name its real place");
        }
        if (found != type) {
            throw new IOException(path + " is not a " + name + ": move it away");
        }
    }

    private void requirePrivate(String name, String permissions) throws IOException {
        int self = effectiveUser();
        if (owner != self) {
            throw new IOException(name + " " + path + " belongs to user " + Integer.toUnsignedString(owner)
                    + ", and this process runs as user " + Integer.toUnsignedString(self)
                    + ": use one that belongs to this account");
        }
        if ((mode & OTHERS_MAY) != 0) {
            throw new IOException(name + " " + path + " has mode " + Integer.toOctalString(mode & PERMISSIONS)
                    + ", so that others may use it: chmod " + permissions + " " + path);
        }
    }

    /** The JDK has no public call for it. Asked anew each time, since a process may give up its first user. */
    private static int effectiveUser() throws IOException {
        String status = "/proc/self/status";
        // A stream, since reading from a channel fails in a thread that has been interrupted.
        try (FileInputStream in = new FileInputStream(status)) {
            String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            // Real, effective, saved, for the file system.
            Matcher effective = EFFECTIVE_USER.matcher(text);
            if (!effective.find()) {
                throw new IOException(status + " names no user");
            }
            return Integer.parseUnsignedInt(effective.group(1));
        } catch (IOException e) {
            throw new IOException(
                    "the user of this process cannot be found out: Baton keeps files on Linux only, with /proc mounted",
                    e);
        }
    }
}
