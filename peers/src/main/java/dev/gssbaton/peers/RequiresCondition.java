package dev.gssbaton.peers;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Evaluates {@link Requires}. */
final class RequiresCondition implements ExecutionCondition {
    private static final String PROPERTY = "baton.peers";
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        List<String> missing = AnnotationSupport.findAnnotation(context.getElement(), Requires.class).stream()
                .flatMap(requires -> Arrays.stream(requires.value()))
                .map(NativePeer::missing)
                .flatMap(Optional::stream)
                .toList();
        ConditionEvaluationResult result = evaluate(missing, System.getProperty(PROPERTY, "optional"));
        if (result.isDisabled() && SAID.addAll(missing)) {
            // Surefire's console counts skipped tests but does not say why.
            System.err.println("Tests are skipped: " + String.join("; ", missing));
        }
        return result;
    }

    static ConditionEvaluationResult evaluate(List<String> missing, String peers) {
        boolean required =
                switch (peers) {
                    case "required" -> true;
                    case "optional" -> false;
                    default ->
                        throw new IllegalArgumentException(
                                "-D" + PROPERTY + "=" + peers + ": give required or optional");
                };
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("The native peers are installed");
        }
        String sentence = String.join("; ", missing);
        if (required) {
            // JUnit makes a failure, not a skipped test, of what a condition throws.
            throw new IllegalStateException(sentence + " (-D" + PROPERTY + "=required)");
        }
        return ConditionEvaluationResult.disabled(sentence);
    }
}
