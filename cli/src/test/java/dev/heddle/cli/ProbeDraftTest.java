package dev.heddle.cli;

import dev.heddle.exporter.graph.DType;
import java.nio.file.*;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeDraftTest {
    @TempDir
    Path folder;

    @Test
    void draft() throws Exception {
        StringBuilder out = new StringBuilder();
        for (String op : OpProbe.operators())
            for (int opset : new int[] {21, 23})
                for (DType t : new DType[] {DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16}) {
                    Path f = Files.createDirectories(folder.resolve(op + opset + t));
                    String p;
                    try {
                        p = new OpProbe(op, opset, t).problem(f);
                    } catch (Exception e) {
                        p = e.toString();
                    }
                    out.append(op + "\t" + opset + "\t" + t.onnxName() + "\t"
                            + (p.isEmpty() ? "ok" : p.replace(folder.toString(), "")) + "\n");
                }
        Files.writeString(Path.of("/tmp/probe.txt"), out.toString());
    }
}
