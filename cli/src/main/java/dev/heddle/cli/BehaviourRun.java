package dev.heddle.cli;

import dev.heddle.cli.trace.SideContract;
import dev.heddle.cli.trace.TracedSide;
import dev.heddle.cli.trace.ValueSource;
import dev.heddle.exporter.graph.Model;
import dev.heddle.exporter.onnx.ModelReader;
import dev.heddle.models.attention.KvCache;
import dev.heddle.models.family.SourceModel;
import dev.heddle.runtime.cache.Decoder;
import dev.heddle.runtime.cache.Forward;
import dev.heddle.runtime.cache.TokenBlock;
import dev.heddle.runtime.parity.CausalCheck;
import dev.heddle.runtime.parity.DecodeCheck;
import dev.heddle.runtime.parity.Precision;
import dev.heddle.runtime.parity.Section;
import dev.heddle.runtime.session.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks of what a model does with its tokens: however they are fed, and whatever comes later. */
record BehaviourRun(TraceOptions wanted, TracedSides sides) {

    List<Section> sections(SideName a, ValueSource right, SideName b, TracedSide judged, TokenBlock tokens)
            throws IOException {
        if (!b.isModel() || b.has(SideName.Word.FLOAT64)) {
            throw new IllegalArgumentException(b
                    + ": expected a model that ONNX Runtime runs for --decode and --causal, got another kind of side");
        }
        List<Section> sections = new ArrayList<>();
        try (OpenedModel open = OpenedModel.open(b, sides.session())) {
            Decoder decoder = Decoder.of(open.session());
            Forward forward = new Forward(decoder);
            if (wanted.decode) {
                sections.add(DecodeCheck.of(forward, tokens, decoder.hasCache(), judged.precision()));
                otherCache(a, right, b, judged, forward, tokens).ifPresent(sections::add);
            }
            if (wanted.causal) {
                sections.add(CausalCheck.section(
                        forward, tokens, decoder.vocabulary().orElse(2)));
            }
        }
        return sections;
    }

    /** A model against A, and a model of a checkpoint against the same one with another kind of cache. */
    private Optional<Section> otherCache(
            SideName a, ValueSource right, SideName b, TracedSide judged, Forward forward, TokenBlock tokens)
            throws IOException {
        if (!(right instanceof TracedSide traced)) {
            return Optional.empty();
        }
        SideContract.checkVocabularies(a.toString(), traced.model(), b.toString(), judged.model());
        if (a.isModel()) {
            return Optional.of(against(a, forward, tokens, right.precision().coarser(judged.precision())));
        }
        return twin(a, b, forward, tokens, judged.precision());
    }

    private Section against(SideName other, Forward forward, TokenBlock tokens, Precision precision)
            throws IOException {
        try (OpenedModel open = OpenedModel.open(other, sides.session())) {
            return DecodeCheck.between(
                    "decode, A against B", new Forward(Decoder.of(open.session())), forward, tokens, precision);
        }
    }

    private Optional<Section> twin(SideName a, SideName b, Forward forward, TokenBlock tokens, Precision precision)
            throws IOException {
        Path file = ModelFile.at(b.path()).onnx();
        Model original = ModelReader.read(file);
        KvCache cache = TracedSides.options(original).cache();
        if (cache instanceof KvCache.None) {
            return Optional.empty();
        }
        try (SourceModel source = sides.source(a)) {
            CacheTwin twin = CacheTwin.of(source, original, cache, tokens.length());
            try (OpenedModel open = OpenedModel.rewritten(file, twin.model(), b.session(sides.session()))) {
                String name =
                        "decode, %s cache against %s".formatted(twin.cache().label(), cache.label());
                return Optional.of(
                        DecodeCheck.between(name, new Forward(Decoder.of(open.session())), forward, tokens, precision));
            }
        }
    }
}
