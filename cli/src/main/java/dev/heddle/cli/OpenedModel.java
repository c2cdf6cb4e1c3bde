package dev.heddle.cli;

import dev.heddle.cli.file.TemporaryFolder;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.LinkedModelWriter;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.exporter.rewrite.Inliner;
import dev.heddle.runtime.session.ModelFile;
import dev.heddle.runtime.session.ModelSession;
import dev.heddle.runtime.session.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A model on ONNX Runtime in the form that its side's words ask for. */
record OpenedModel(ModelSession session, Optional<TemporaryFolder> rewritten) implements AutoCloseable {

    static OpenedModel open(SideName name, SessionOptions usual) throws IOException {
        SessionOptions options = name.session(usual);
        if (!name.has(SideName.Word.INLINED)) {
            return new OpenedModel(ModelSession.open(name.path(), options), Optional.empty());
        }
        Path file = ModelFile.at(name.path()).onnx();
        return rewritten(file, Inliner.inline(ModelReader.read(file)), options);
    }

    /**
     * A model made out of the one in a file, whose weights it shares.
     */
    static OpenedModel rewritten(Path file, Model model, SessionOptions options) throws IOException {
        TemporaryFolder folder = TemporaryFolder.near("heddle-rewritten", file);
        boolean complete = false;
        try {
            Path written = new LinkedModelWriter(folder.path()).write(model);
            var opened = new OpenedModel(ModelSession.open(written, options), Optional.of(folder));
            complete = true;
            return opened;
        } finally {
            if (!complete) {
                folder.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        session.close();
        if (rewritten.isPresent()) {
            rewritten.get().close();
        }
    }
}
