package dev.heddle.runtime.session;

import ai.onnxruntime.OrtSession;

/** How far ONNX Runtime rewrites the graph before the first run. */
public enum OptimizationLevel {
    /** The graph as written; slow, for finding a wrong rewrite. */
    NONE(OrtSession.SessionOptions.OptLevel.NO_OPT),
    /** Constant folding and removal of what is redundant. */
    BASIC(OrtSession.SessionOptions.OptLevel.BASIC_OPT),
    /** Also node fusions. */
    EXTENDED(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT),
    /** Also layout changes; ONNX Runtime's default. */
    ALL(OrtSession.SessionOptions.OptLevel.ALL_OPT);

    private final OrtSession.SessionOptions.OptLevel ortLevel;

    OptimizationLevel(OrtSession.SessionOptions.OptLevel ortLevel) {
        this.ortLevel = ortLevel;
    }

    OrtSession.SessionOptions.OptLevel ortLevel() {
        return ortLevel;
    }
}
