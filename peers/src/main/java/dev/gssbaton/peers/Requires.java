package dev.gssbaton.peers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Skips a test, or all of a class, where a native peer is not installed, and says which packages bring it.
 *
 * <p>With {@code -Dbaton.peers=required} a missing peer is a failure instead, so that a build which must have run these
 * tests cannot pass without them.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(RequiresCondition.class)
public @interface Requires {
    /** Returns the peers without which the test is skipped. */
    NativePeer[] value();
}
