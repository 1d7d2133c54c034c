package dev.gssbaton.testkit;

import java.util.EnumSet;
import java.util.Set;
import org.ietf.jgss.MessageProp;

/** What a receiver reports of a message's place among the others (RFC 2743 section 1.2.3). */
enum Report {
    DUPLICATE,
    OLD,
    UNSEQUENCED,
    GAP;

    static Set<Report> of(MessageProp prop) {
        Set<Report> reports = EnumSet.noneOf(Report.class);
        if (prop.isDuplicateToken()) {
            reports.add(DUPLICATE);
        }
        if (prop.isOldToken()) {
            reports.add(OLD);
        }
        if (prop.isUnseqToken()) {
            reports.add(UNSEQUENCED);
        }
        if (prop.isGapToken()) {
            reports.add(GAP);
        }
        return reports;
    }
}
