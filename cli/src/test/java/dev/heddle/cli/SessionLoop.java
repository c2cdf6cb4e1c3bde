package dev.heddle.cli;

import dev.heddle.runtime.session.HostTensor;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.OpsMode;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program: opens a model, runs it on six tokens and closes it, again and again, and prints the memory it has in RAM. */
final class SessionLoop {

    private SessionLoop() {}

    /** @param arguments model, sessions, bytes outside the heap that each session is to lose */
    public static void main(String[] arguments) throws IOException {
        Path model = Path.of(arguments[0]);
        int sessions = Integer.parseInt(arguments[1]);
        int leak = Integer.parseInt(arguments[2]);
        SessionOptions options =
                SessionOptions.builder().ops(OpsMode.NATIVE).intraOpThreads(2).build();
        List<HostTensor> lost = new ArrayList<>();
        for (int i = 1; i <= sessions; i++) {
            try (ModelSession session = ModelSession.open(model, options)) {
                session.run(SixTokens.inputs());
            }
            lost.add(HostTensor.ofLongs(new long[leak / Long.BYTES], leak / Long.BYTES));
            if (i % 50 == 0) {
                System.gc();
                System.out.println("after " + i + " sessions: resident " + residentKib() + " KiB");
            }
        }
    }

    private static String residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.split("\\s+")[1])
                .findFirst()
                .orElseThrow();
    }
}
