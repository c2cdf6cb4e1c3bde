package dev.heddle.exporter.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.heddle.exporter.graph.GraphException;
import dev.heddle.exporter.proto.ModelProto;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Parses the message in a model file; what it says is not looked at. */
final class ModelFile {

    private ModelFile() {}

    /**
     * @throws GraphException if there is no ONNX model in the file; the message does not name the file
     * @throws IOException if it cannot be read
     */
    static ModelProto parse(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new GraphException("a model file was expected, got a folder");
        }
        if (Files.size(file) > Integer.MAX_VALUE) {
            throw new GraphException("a model file has at most " + Integer.MAX_VALUE + " bytes, got " + Files.size(file)
                    + "; weights belong into a data file");
        }
        ModelProto proto;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            proto = ModelProto.parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            throw new GraphException("an ONNX model was expected, the file is damaged or of another kind");
        }
        if (!proto.hasGraph() || proto.getIrVersion() < 1 || proto.getIrVersion() > Integer.MAX_VALUE) {
            throw new GraphException("an ONNX model was expected, the file has no graph or no IR version");
        }
        return proto;
    }
}
