package dev.gssbaton.claim.zookeeper;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;

/**
 * Who may do what in a store. In ZooKeeper the permission to delete a node is its parent's.
 *
 * <table>
 * <caption>Permissions</caption>
 * <tr><th>Node</th><th>Claimants</th><th>Sweepers</th></tr>
 * <tr><td>store</td><td>create, read</td><td>create, read, delete, admin</td></tr>
 * <tr><td>floor</td><td>read</td><td>read, write, admin</td></tr>
 * <tr><td>clock</td><td>read, write</td><td>read, write, admin</td></tr>
 * <tr><td>sweeper</td><td>read</td><td>create, read, delete, admin</td></tr>
 * <tr><td>00 … ff</td><td>create, read</td><td>create, read, delete, admin</td></tr>
 * <tr><td>a record</td><td>read</td><td>read</td></tr>
 * </table>
 *
 * <p>Whoever is the first to use a store makes it, and to make the nodes in it, may make nodes in it. What the clock's node holds is never looked at, and its time is the leader's whoever writes it.
 *
 * @param claimants who may claim
 * @param sweepers who may forget
 */
record Permissions(Set<Id> claimants, Set<Id> sweepers) {
    Permissions {
        claimants = new LinkedHashSet<>(claimants);
        sweepers = new LinkedHashSet<>(sweepers);
    }

    /** Of a store, of the nodes above it where they are not there yet, and of its directories. */
    List<ACL> directory() {
        return list(Perms.CREATE | Perms.READ, Perms.CREATE | Perms.READ | Perms.DELETE | Perms.ADMIN);
    }

    List<ACL> floor() {
        return list(Perms.READ, Perms.READ | Perms.WRITE | Perms.ADMIN);
    }

    List<ACL> clock() {
        return list(Perms.READ | Perms.WRITE, Perms.READ | Perms.WRITE | Perms.ADMIN);
    }

    List<ACL> sweeper() {
        return list(Perms.READ, Perms.CREATE | Perms.READ | Perms.DELETE | Perms.ADMIN);
    }

    List<ACL> record() {
        return list(Perms.READ, Perms.READ);
    }

    private List<ACL> list(int ofClaimants, int ofSweepers) {
        Map<Id, Integer> perms = new LinkedHashMap<>();
        claimants.forEach(id -> perms.merge(id, ofClaimants, (one, other) -> one | other));
        sweepers.forEach(id -> perms.merge(id, ofSweepers, (one, other) -> one | other));
        List<ACL> list = new ArrayList<>();
        perms.forEach((id, perm) -> list.add(new ACL(perm, id)));
        return list;
    }

    /**
     * Tells whether a list says what another does. Whoever may not change a list is shown the names of digests alone, and
     * cannot see more than that they are as many.
     */
    static boolean agree(List<ACL> found, List<ACL> expected) {
        List<ACL> sortedFound = sorted(found);
        List<ACL> sortedExpected = sorted(expected);
        boolean agree = found.size() == expected.size();
        for (int i = 0; agree && i < found.size(); i++) {
            String text = text(sortedFound.get(i), false);
            agree = text.equals(text(sortedExpected.get(i), false)) || text.equals(text(sortedExpected.get(i), true));
        }
        return agree;
    }

    /** Writes a list as ZooKeeper's command line reads it, but for the hashes of passwords. */
    static String text(List<ACL> list) {
        return sorted(list).stream().map(acl -> text(acl, true)).collect(Collectors.joining(","));
    }

    private static List<ACL> sorted(List<ACL> list) {
        return list.stream()
                .sorted(Comparator.comparing((ACL acl) -> text(acl, true)).thenComparing(acl -> text(acl, false)))
                .toList();
    }

    private static String text(ACL acl, boolean masked) {
        Id id = acl.getId();
        boolean hide = masked && id.getScheme().equals("digest");
        String name = hide ? id.getId().replaceAll(":.*", ":x") : id.getId();
        return id.getScheme() + ":" + name + ":" + letters(acl.getPerms());
    }

    private static String letters(int perms) {
        StringBuilder letters = new StringBuilder();
        int[] bits = {Perms.CREATE, Perms.DELETE, Perms.READ, Perms.WRITE, Perms.ADMIN};
        for (int i = 0; i < bits.length; i++) {
            if ((perms & bits[i]) != 0) {
                letters.append("cdrwa".charAt(i));
            }
        }
        return letters.toString();
    }
}
