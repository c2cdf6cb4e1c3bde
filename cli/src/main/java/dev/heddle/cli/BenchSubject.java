package dev.heddle.cli;

import java.io.IOException;

/** Something that {@code heddle bench} measures: prints a table and fills the report in. */
interface BenchSubject {

    void measure(BenchRun run) throws IOException;
}
