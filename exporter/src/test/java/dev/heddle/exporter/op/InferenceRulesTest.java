package dev.heddle.exporter.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.exporter.graph.GraphException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class InferenceRulesTest {

    private static Arguments gives(String type, String op, String... inputs) {
        return Arguments.of(Rule.of(op, inputs), type);
    }

    static Stream<Arguments> types() {
        return Stream.of(
                gives("float[b,q,4]", "Add", "float[b,1,4]", "float[q,1]"),
                gives("int64[2]={q + 1,7}", "Add", "{q,5}", "{1,2}"),
                gives("int64[2]={q - 1,4}", "Sub", "{q,5}", "1"),
                gives("int64[1]={2*q}", "Mul", "{q}", "2"),
                gives("int64[1]", "Div", "{4}", "2"),
                gives("int64[0]={}", "Add", "{}", "{1}"),
                gives("bool[b,4]", "Less", "float[b,4]", "float[4]"),
                gives("bool[b,4]", "And", "bool[b,1]", "bool[4]"),
                gives("bool[b]", "Not", "bool[b]"),
                gives("float[b,q,4]", "Where", "bool[q,1]", "float[b,1,4]", "float[]"),
                gives("int64[1]={q}", "Identity", "{q}"),
                gives("int64[2]={-q,-3}", "Neg", "{q,3}"),
                gives("float16[b]", "Sqrt", "float16[b]"),
                gives("float16[b,4]", "Cast to=10", "float[b,4]"),
                gives("int64[1]={q}", "Cast to=7", "{q}"),
                gives("int32[1]", "Cast to=6", "{q}"),
                gives("float[b,4]", "Softmax axis=1", "float[b,4]"),
                gives("int64[2]={b,q}", "Shape", "float[b,q]"),
                gives("int64[1]={q}", "Shape start=-2 end=-1", "float[b,q,4]"),
                gives("int64[0]={}", "Shape start=5", "float[b]"),
                gives("float[b,q,2,8]", "Reshape", "float[b,q,16]", "{0,0,2,8}"),
                gives("float[b*q,16]", "Reshape", "float[b,q,16]", "{-1,16}"),
                gives("float[b,q,16]", "Reshape", "float[b*q,16]", "{b,q,-1}"),
                gives("float[b,2*r,k]", "Reshape", "float[b,2,r,k]", "{b,-1,k}"),
                gives("float[b,2,p + q]", "Reshape", "float[b,2*p + 2*q]", "{0,2,-1}"),
                gives("float[b,4,q]", "Transpose perm=[0,2,1]", "float[b,q,4]"),
                gives("float[b,p + q]", "Concat axis=1", "float[b,p]", "float[b,q]"),
                gives("int64[3]={b,2,q}", "Concat axis=0", "{b,2}", "{q}"),
                gives("float[b,1,q,1]", "Unsqueeze", "float[b,q]", "{1,-1}"),
                gives("int64[1]={q}", "Unsqueeze", "q", "{0}"),
                gives("int64[1,2]", "Unsqueeze", "{b,q}", "{0}"),
                gives("float[b,q]", "Squeeze", "float[b,1,q,1]", "{1,3}"),
                gives("int64[]={q}", "Squeeze", "{q}", "{0}"),
                gives("float[b,2,q]", "Expand", "float[2,1]", "{b,1,q}"),
                gives("int64[q]", "Range", "0", "q", "1"),
                gives("float[b,q + 3]", "Pad", "float[b,q]", "{0,1,0,2}"),
                gives("float[b,q - 1]", "Slice", "float[b,q]", "{1}", "{9223372036854775807}", "{1}"),
                gives("float[b,q]", "Slice", "float[b,p + q]", "{-q}", "{9223372036854775807}", "{1}"),
                gives("float[b,min(2, q)]", "Slice", "float[b,q]", "{-2}", "{9223372036854775807}", "{1}"),
                gives("float[3,3]", "Slice", "float[5,4]", "{1,-3}", "{4,9}"),
                gives("float[q]", "Slice", "float[p + q]", "{1}", "{q + 1}"),
                gives("int64[1]={q}", "Slice", "{b,q,4}", "{1}", "{2}", "{0}"),
                gives("float[b,q,16]", "Gather axis=0", "float[19,16]", "int64[b,q]"),
                gives("int64[]={q}", "Gather axis=0", "{b,q}", "1"),
                gives("int64[]", "Gather axis=0", "{b,q}", "n"),
                gives("float[b,q]", "GatherElements axis=1", "float[b,p]", "int64[b,q]"),
                gives("float[b,4,q,p]", "MatMul", "float[b,4,q,6]", "float[4,6,p]"),
                gives("float[q,8]", "Gemm transB=1", "float[q,4]", "float[8,4]", "float[8]"),
                gives("float[8,q]", "Gemm transA=1", "float[4,8]", "float[4,q]"),
                gives("float[b,4,q,k + 1]", "Conv group=4 pads=[2,1,0,2]", "float[b,4,q,k]", "float[4,1,3,3]"),
                gives("float[b,1,4]", "ReduceMean", "float[b,q,4]", "{1}"),
                gives("float[b,q,4]", "RMSNormalization", "float[b,q,4]", "float[4]"),
                gives("float[b,2,q,4]", "RotaryEmbedding", "float[b,2,q,4]", "float[b,q,2]", "float[b,q,2]"));
    }

    @ParameterizedTest
    @MethodSource("types")
    void call_thatFits_hasThisType(Rule call, String type) {
        assertThat(call.infer()).isEqualTo(type);
    }

    static Stream<Arguments> severalOutputs() {
        Rule split = Rule.of("Split axis=1 num_outputs=2", "float[b,6]").withOutputs(2);
        Rule uneven = Rule.of("Split axis=1", "float[b,6]", "{2,4}").withOutputs(2);
        Rule cached = Rule.of(
                        "Attention",
                        "float[b,4,q,6]",
                        "float[b,2,q,6]",
                        "float[b,2,q,8]",
                        "bool[b,1,q,p + q]",
                        "float[b,2,p,6]",
                        "float[b,2,p,8]")
                .withOutputs(3);
        Rule scored = Rule.of("Attention", "float[b,4,q,6]", "float[b,2,k,6]", "float[b,2,k,8]")
                .withOutputs(4);
        return Stream.of(
                Arguments.of(scored, "float[b,4,q,8] float[b,2,k,6] float[b,2,k,8] float[b,4,q,k]"),
                Arguments.of(split, "float[b,3] float[b,3]"),
                Arguments.of(uneven, "float[b,2] float[b,4]"),
                Arguments.of(cached, "float[b,4,q,8] float[b,2,p + q,6] float[b,2,p + q,8]"));
    }

    @ParameterizedTest
    @MethodSource("severalOutputs")
    void call_withSeveralOutputs_hasTheseTypes(Rule call, String types) {
        assertThat(call.infer()).isEqualTo(types);
    }

    private static Arguments refuses(String message, String op, String... inputs) {
        return Arguments.of(Rule.of(op, inputs), message);
    }

    static Stream<Arguments> elementwise() {
        return Stream.of(
                refuses("shapes [b,4] and [q,4] do not broadcast: b and q", "Add", "float[b,4]", "float[q,4]"),
                refuses(
                        "A and B must have the same element type, got float[b] and int64[b]",
                        "Add",
                        "float[b]",
                        "int64[b]"),
                refuses("inputs must be bool, got float[b]", "And", "bool[b]", "float[b]"),
                refuses("input must be bool, got float[b]", "Not", "float[b]"),
                refuses("condition must be bool, got float[b]", "Where", "float[b]", "float[b]", "float[b]"),
                refuses("input must be of a float type, got int64[b]", "Sqrt", "int64[b]"),
                refuses("axis 2 does not exist in rank 2", "Softmax axis=2", "float[b,4]"),
                refuses("to must be an element type that graphs use, got number 8", "Cast to=8", "float[b]"));
    }

    static Stream<Arguments> shapes() {
        return Stream.of(
                refuses("the target shape must be computable", "Reshape", "float[b]", "int64[2]"),
                refuses("allowzero must be 0, got 1", "Reshape allowzero=1", "float[b]", "{0}"),
                refuses("only one axis may be -1, got [-1, -1]", "Reshape", "float[b]", "{-1,-1}"),
                refuses("axis 1 is copied from [b], which has none there", "Reshape", "float[b]", "{-1,0}"),
                refuses("shape [b,6] cannot become [b, 4]", "Reshape", "float[b,6]", "{b,4}"),
                refuses("shape [b,6] cannot become [q, -1]", "Reshape", "float[b,6]", "{q,-1}"),
                refuses("attribute perm is missing", "Transpose", "float[b,q]"),
                refuses("perm must name each axis of [b,q] once, got [0, 0]", "Transpose perm=[0,0]", "float[b,q]"),
                refuses(
                        "inputs must agree but for axis 0, got [b,4] and [b,5]",
                        "Concat axis=0",
                        "float[b,4]",
                        "float[b,5]"),
                refuses("axis 0 of [b] must have a fixed length", "Split axis=0 num_outputs=1", "float[b]"),
                refuses(
                        "axis 0 of [6] must split evenly into 1 outputs, num_outputs is 2",
                        "Split axis=0 num_outputs=2",
                        "float[6]"),
                refuses("axis 0 of [6] must split into 1 outputs, got lengths [5]", "Split axis=0", "float[6]", "{5}"),
                refuses("axes must differ, got [0, -2]", "Unsqueeze", "float[]", "{0,-2}"),
                refuses("axis 0 of [b] must have length 1", "Squeeze", "float[b]", "{0}"),
                refuses("input axes is missing", "Squeeze", "float[1]"),
                refuses("input axes must be a constant", "Squeeze", "float[1]", "int64[1]"),
                refuses("input axes must be a constant, got n", "Squeeze", "float[1]", "{n}"),
                refuses("the target shape must be computable", "Expand", "float[b]", "int64[1]"),
                refuses("start must be computable", "Range", "int64[]", "q", "1"),
                refuses("limit must be computable", "Range", "0", "int64[]", "1"),
                refuses("start and limit must be scalars, got [] and [0]", "Range", "0", "{}", "1"),
                refuses("delta must be 1, got [2]", "Range", "0", "q", "2"),
                refuses("axes must be left out, all axes are padded", "Pad", "float[b]", "{0,1}", "-", "{0}"),
                refuses("pads must have 4 numbers, got 2", "Pad", "float[b,4]", "{0,1}"));
    }

    static Stream<Arguments> indices() {
        return Stream.of(
                refuses("starts must be computable", "Slice", "float[b]", "int64[1]", "{1}"),
                refuses("ends must be computable", "Slice", "float[b]", "{0}", "int64[1]"),
                refuses("steps must be 1, got [2]", "Slice", "float[b]", "{0}", "{1}", "{0}", "{2}"),
                refuses(
                        "starts, ends and axes must have the same length, got 1, 2 and 1",
                        "Slice",
                        "float[b]",
                        "{0}",
                        "{1,2}",
                        "{0}"),
                refuses(
                        "a slice from -1 to q of an axis of length p has no length that can be inferred",
                        "Slice",
                        "float[p]",
                        "{-1}",
                        "{q}"),
                refuses("indices must be int64 or int32, got float[b]", "Gather axis=0", "float[4]", "float[b]"),
                refuses(
                        "data and indices must have the same rank, got [b,4] and [b]",
                        "GatherElements axis=0",
                        "float[b,4]",
                        "int64[b]"));
    }

    static Stream<Arguments> matrices() {
        return Stream.of(
                refuses("shapes [b,4] and [5,b] have no matrix product", "MatMul", "float[b,4]", "float[5,b]"),
                refuses("A and B must be matrices, got [b,4] and [4]", "Gemm", "float[b,4]", "float[4]"),
                refuses("shapes [b,4] and [5,b] have no matrix product", "Gemm", "float[b,4]", "float[5,b]"),
                refuses("C must broadcast to [b,8], got [2,b,8]", "Gemm", "float[b,4]", "float[4,8]", "float[2,b,8]"),
                refuses(
                        "input and weight must have rank 4 and pads 4 numbers, got [b,4], [4,1,3,3] and [0, 0, 0, 0]",
                        "Conv",
                        "float[b,4]",
                        "float[4,1,3,3]"),
                refuses(
                        "channels of [b,4,q,k] and weight [4,2,3,3] do not fit 4 groups",
                        "Conv group=4",
                        "float[b,4,q,k]",
                        "float[4,2,3,3]"),
                refuses(
                        "channels of [b,4,q,k] and weight [4,1,3,3] do not fit 0 groups",
                        "Conv group=0",
                        "float[b,4,q,k]",
                        "float[4,1,3,3]"),
                refuses("keepdims must be 1, got 0", "ReduceMean keepdims=0", "float[b,4]", "{1}"),
                refuses("scale must have shape [4], got [5]", "RMSNormalization", "float[b,4]", "float[5]"),
                refuses("axis must be the last of [b,4], got 0", "RMSNormalization axis=0", "float[b,4]", "float[4]"),
                refuses(
                        "input [b,2,q,4] needs tables of [batch, length, size / 2], got [b,q,4]",
                        "RotaryEmbedding",
                        "float[b,2,q,4]",
                        "float[b,q,2]",
                        "float[b,q,4]"),
                refuses(
                        "queries [b,4,q,6], keys [b,4,q,5] and values [b,4,q,5] do not fit",
                        "Attention",
                        "float[b,4,q,6]",
                        "float[b,4,q,5]",
                        "float[b,4,q,5]"),
                refuses(
                        "query heads must be a multiple of key/value heads, got 4 and 3",
                        "Attention",
                        "float[b,4,q,6]",
                        "float[b,3,q,6]",
                        "float[b,3,q,6]"),
                refuses(
                        "mask must be bool and broadcast to [b,4,q,q], got float[q,q]",
                        "Attention",
                        "float[b,4,q,6]",
                        "float[b,4,q,6]",
                        "float[b,4,q,6]",
                        "float[q,q]"));
    }

    @ParameterizedTest
    @MethodSource({"elementwise", "shapes", "indices", "matrices"})
    void call_thatDoesNotFit_isRefused(Rule call, String message) {
        String name = call.op().split(" ")[0];

        assertThatThrownBy(call::infer).isInstanceOf(GraphException.class).hasMessage(name + " at here: " + message);
    }
}
