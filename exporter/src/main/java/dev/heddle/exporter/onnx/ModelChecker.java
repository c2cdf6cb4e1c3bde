package dev.heddle.exporter.onnx;

import dev.heddle.exporter.graph.Function;
import dev.heddle.exporter.graph.FunctionId;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.graph.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Proves that a model, built or read, follows ONNX's rules: every value is made once and before its use, names and functions are unique, opsets are imported, every
 * call fits its operator. Types are inferred again for every value, function bodies once for each way they are called, and compared with those that the file states.
 *
 * <p>Symbolic axes are strict, as when graphs are built: two are the same if they are the same expression. So a valid model of another program may get findings.
 */
public final class ModelChecker {

    /** Since then, functions may have overloads. */
    private static final int IR_VERSION_WITH_OVERLOADS = 10;

    private final Model model;
    private final List<Finding> findings = new ArrayList<>();

    private ModelChecker(Model model) {
        this.model = model;
    }

    /** All findings, in the order of the file. */
    public static List<Finding> check(Model model) {
        ModelChecker checker = new ModelChecker(model);
        checker.imports();
        checker.functions();
        checker.findings.addAll(WiringCheck.graph(model.graph()));
        model.functions().forEach(function -> checker.findings.addAll(WiringCheck.function(function)));
        checker.findings.addAll(TypeCheck.check(model));
        return List.copyOf(checker.findings);
    }

    /** @throws GraphException with the first error, if there is one */
    public static void require(Model model) {
        check(model).stream().filter(Finding::isError).findFirst().ifPresent(finding -> {
            throw new GraphException(finding.text());
        });
    }

    private void imports() {
        Stream<Node> bodies = model.functions().stream().flatMap(function -> function.nodes().stream());
        Set<String> used = new TreeSet<>();
        Stream.concat(model.graph().nodes().stream(), bodies).map(Node::domain).forEach(used::add);
        used.stream()
                .filter(domain -> !model.opsets().containsKey(domain))
                .forEach(domain -> findings.add(Finding.error("model: nodes use domain '" + domain
                        + "', imported are opsets of " + model.opsets().keySet())));
    }

    private void functions() {
        Set<FunctionId> ids = new HashSet<>();
        for (Function function : model.functions()) {
            if (!ids.add(function.id())) {
                findings.add(Finding.error("function " + function.id() + ": is given more than once"));
            }
            if (!function.id().overload().isEmpty() && model.irVersion() < IR_VERSION_WITH_OVERLOADS) {
                findings.add(Finding.error("function " + function.id() + ": overloads need IR version "
                        + IR_VERSION_WITH_OVERLOADS + ", the model has " + model.irVersion()));
            }
        }
    }
}
