package dev.gssbaton.account;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the file system says of a file, symbolic links not followed. No longer equal when another file has taken its place,
 * since both were there at once.
 *
 * @param path the file
 * @param mode type and permissions, as {@code st_mode}
 * @param owner number of the user that owns it
 * @param group number of its group
 * @param device number of the device
 * @param inode number on the device
 * @param size length in octets
 */
public record FileStatus(Path path, int mode, int owner, int group, long device, long inode, long size) {
    private static final int TYPE_MASK = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int REGULAR = 0100000;
    private static final int LINK = 0120000;
    private static final int STICKY = 01000;
    private static final int ALL_MAY_WRITE = 0002;
    private static final int OTHERS_MAY = 0077;
    private static final int PERMISSIONS = 07777;

    private static final int OTHERS_OR_GROUP_MAY_WRITE = 0022;
    private static final int SHARED = 01770;
    private static final int ROOT = 0;

    private static final String PROCESS_STATUS = "/proc/self/status";
    private static final Pattern EFFECTIVE_USER = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d+)\\s");
    private static final Pattern EFFECTIVE_GROUP = Pattern.compile("(?m)^Gid:\\s+\\d+\\s+(\\d+)\\s");
    private static final Pattern GROUPS = Pattern.compile("(?m)^Groups:(.*)$");

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
                    Files.readAttributes(path, "unix:mode,uid,gid,dev,ino,size", LinkOption.NOFOLLOW_LINKS);
            return new FileStatus(
                    path,
                    (Integer) unix.get("mode"),
                    (Integer) unix.get("uid"),
                    (Integer) unix.get("gid"),
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

    /**
     * Refuses anything but a directory of root that a group of this process shares: mode 1770, so that all of the group make
     * files in it, and none removes another's.
     *
     * @throws IOException saying what is wrong
     */
    public void requireSharedDirectory() throws IOException {
        requireType(DIRECTORY, "directory");
        if (owner != ROOT || (mode & PERMISSIONS) != SHARED) {
            throw new IOException("directory " + path + " belongs to user " + Integer.toUnsignedString(owner)
                    + " and has mode " + Integer.toOctalString(mode & PERMISSIONS)
                    + ", and one that accounts share belongs to root and has mode 1770");
        }
        if (effectiveUser() != ROOT && !ownGroups().contains(group)) {
            throw new IOException("directory " + path + " is shared by group " + Integer.toUnsignedString(group)
                    + ", and this process is not in it: add its account to that group, and start it anew");
        }
    }

    /**
     * Refuses anything that an account other than root could have put in this place.
     *
     * @throws IOException saying what is wrong
     */
    public void requireRoots() throws IOException {
        if (owner != ROOT) {
            throw new IOException(path + " belongs to user " + Integer.toUnsignedString(owner) + ", and not to root");
        }
    }

    /**
     * Tells whether this belongs to the account of this process.
     *
     * @return true if its owner is the effective user
     * @throws IOException if that one cannot be found out
     */
    public boolean isOwn() throws IOException {
        return owner == effectiveUser();
    }

    /** Tells whether nobody but root can rename or remove what root has put into this directory. */
    boolean isKeptByRoot() {
        return owner == ROOT && ((mode & OTHERS_OR_GROUP_MAY_WRITE) == 0 || isSticky());
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

    /**
     * Names the account of this process by its number.
     *
     * @return decimal digits
     * @throws IOException if it cannot be found out
     */
    public static String effectiveUserName() throws IOException {
        return Integer.toUnsignedString(effectiveUser());
    }

    /** The JDK has no public call for it. Asked anew each time, since a process may give up its first user. */
    private static int effectiveUser() throws IOException {
        return number(EFFECTIVE_USER, processStatus());
    }

    private static Set<Integer> ownGroups() throws IOException {
        String status = processStatus();
        Set<Integer> groups = new HashSet<>();
        groups.add(number(EFFECTIVE_GROUP, status));
        Matcher supplementary = GROUPS.matcher(status);
        if (supplementary.find()) {
            supplementary
                    .group(1)
                    .strip()
                    .lines()
                    .flatMap(line -> Arrays.stream(line.split("\\s+", -1)))
                    .map(Integer::parseUnsignedInt)
                    .forEach(groups::add);
        }
        return groups;
    }

    private static int number(Pattern pattern, String status) throws IOException {
        Matcher found = pattern.matcher(status);
        if (!found.find()) {
            throw new IOException(PROCESS_STATUS + " names no user or group");
        }
        return Integer.parseUnsignedInt(found.group(1));
    }

    private static String processStatus() throws IOException {
        // A stream, since reading from a channel fails in a thread that has been interrupted.
        try (FileInputStream in = new FileInputStream(PROCESS_STATUS)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IOException(
                    "the user of this process cannot be found out: Baton keeps files on Linux only, with /proc mounted",
                    e);
        }
    }
}
