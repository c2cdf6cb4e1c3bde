package dev.heddle.exporter.profile;

import dev.heddle.exporter.graph.DType;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.graph.Kernels;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A runtime that a model is written for: the newest files it loads, and the element types in which each operator works there. The rows of {@code targets.tsv}.
 *
 * @param name as the command line has it, for instance {@code ort-1.28-cpu}
 * @param maxOpset newest version of ONNX's operators
 * @param maxIrVersion newest version of the file format
 * @param operators element types by operator, contributed ones with their domain; each with the opset since which it works. An operator that is not there is not
 *     known there
 */
public record Target(String name, int maxOpset, int maxIrVersion, Map<String, Map<DType, Integer>> operators) {

    private static final String OWN_DOMAIN = "dev.heddle";

    public Target {
        operators = Map.copyOf(operators);
    }

    /** In the order of the table. */
    public static List<Target> all() {
        return TargetTable.TARGETS;
    }

    /** For instance {@code standard, ort-1.28-cpu}. */
    public static String names() {
        return all().stream().map(Target::name).collect(Collectors.joining(", "));
    }

    /** Where models run unless somebody says something else. */
    public static Target usual() {
        return of("ort-1.28-cpu");
    }

    /** @throws IllegalArgumentException if there is none of this name */
    public static Target of(String name) {
        return all().stream()
                .filter(target -> target.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("targets are " + names() + ", got " + name));
    }

    /** Whether the operator is known there at all. */
    public boolean knows(String domain, String operator) {
        return operators.containsKey(key(domain, operator));
    }

    /** Whether the operator works in this type in a model of this opset. */
    public boolean works(String domain, String operator, DType dtype, int opset) {
        return operators.getOrDefault(key(domain, operator), Map.of()).getOrDefault(dtype, Integer.MAX_VALUE) <= opset;
    }

    private static String key(String domain, String operator) {
        return domain.isEmpty() ? operator : domain + "." + operator;
    }

    /**
     * What models of this opset may use. Operators of ours are taken in every type: they carry a body of others.
     *
     * @throws GraphException if the runtime does not load models of this opset and format
     */
    public Kernels kernels(int opset, int irVersion) {
        if (opset > maxOpset || irVersion > maxIrVersion) {
            throw new GraphException("target " + name + " loads models up to opset " + maxOpset + " and IR "
                    + maxIrVersion + ", got opset " + opset + " and IR " + irVersion);
        }
        return (domain, operator, stored) -> computed(domain, operator, stored, opset);
    }

    private DType computed(String domain, String operator, DType stored, int opset) {
        if (domain.equals(OWN_DOMAIN) || works(domain, operator, stored, opset)) {
            return stored;
        }
        if (works(domain, operator, DType.FLOAT32, opset)) {
            return DType.FLOAT32;
        }
        TreeSet<DType> types = new TreeSet<>(
                operators.getOrDefault(key(domain, operator), Map.of()).keySet());
        throw new GraphException("target " + name + ", opset " + opset + ": operator " + key(domain, operator)
                + (types.isEmpty() ? " is not known there" : " works in " + types + ", got " + stored)
                + "; choose another --target");
    }

    @Override
    public String toString() {
        return name;
    }
}
