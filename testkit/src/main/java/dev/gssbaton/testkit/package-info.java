/**
 * Contract tests that every mechanism, exporter, key source and claim store passes.
 *
 * <p>Each contract is an abstract class of JUnit 5 tests, one for each rule and named after it: the section of the RFC
 * where there is one ({@code rfc2743_2_2_8_…}), {@code baton_…} where the rule is Baton's own. An implementer extends the
 * class and gives it a fixture:
 *
 * <pre>{@code
 * class MyMechanismTest extends MechanismContract {
 *     @Override
 *     protected ContractFixture fixture() {
 *         return new ContractFixture(mechanism, exporter, alice, bob, carol, EnumSet.of(ContextFlag.MUTUAL, …));
 *     }
 * }
 * }</pre>
 *
 * <p>The tests run an implementation through Baton's own {@link dev.gssbaton.BatonManager}, as an application would; where a
 * rule cannot be seen from there, they call the implementation itself. They keep no state between each other, so
 * implementations may run them in parallel with other classes. They need the class path, or a package that is open to
 * {@code dev.gssbaton.testkit}: the search for secrets reads private fields.
 *
 * <p>A test that a later version adds may show a fault that was there before. That is a new minor version, not a break.
 */
package dev.gssbaton.testkit;
