package dev.heddle.runtime.parity;

/**
 * One of the two things that are compared. What is not known is "-".
 *
 * @param what name and kind, as in "out/mta/model.onnx"
 * @param provider what computes, as in "ONNX Runtime on CPU"
 * @param operators which kernels, as in "native kernels"
 * @param dtype what it computes in
 */
public record Side(String what, String provider, String operators, String dtype) {
    /** Of which nothing more is known. */
    public static Side of(String what) {
        return new Side(what, "-", "-", "-");
    }
}
