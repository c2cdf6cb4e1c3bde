package dev.heddle.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may know what. */
final class ArchitectureTest {

    private static final Path ROOT = Path.of("..");
    private static final List<String> MODULES = List.of("custom-ops", "exporter", "models", "runtime", "cli");

    private static JavaClasses classes;

    @BeforeAll
    static void importClasses() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(ArchitectureTest::isNoTestJar)
                .importPackages("dev.heddle");
    }

    private static boolean isNoTestJar(Location location) {
        return !location.contains("-tests.jar");
    }

    @Test
    void classes_ofAllModules_areLookedAt() {
        assertThat(classes)
                .extracting(type -> type.getPackageName().split("\\.")[2])
                .contains("ops", "exporter", "models", "runtime", "cli");
    }

    @Test
    void customOps_knowNobody() {
        noClasses()
                .that()
                .resideInAPackage("dev.heddle.ops..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.heddle.exporter..",
                        "dev.heddle.models..",
                        "dev.heddle.runtime..",
                        "dev.heddle.cli..",
                        "com.google.protobuf..",
                        "ai.onnxruntime..")
                .check(classes);
    }

    @Test
    void exporter_knowsNeitherModelsNorOnnxRuntime() {
        noClasses()
                .that()
                .resideInAPackage("dev.heddle.exporter..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.heddle.models..", "dev.heddle.runtime..", "dev.heddle.cli..", "ai.onnxruntime..")
                .check(classes);
    }

    @Test
    void models_knowNeitherTheRuntimeNorOnnxRuntime() {
        noClasses()
                .that()
                .resideInAPackage("dev.heddle.models..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.heddle.runtime..", "dev.heddle.cli..", "ai.onnxruntime..")
                .check(classes);
    }

    @Test
    void runtime_knowsNeitherExporterNorModels() {
        noClasses()
                .that()
                .resideInAPackage("dev.heddle.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.heddle.exporter..", "dev.heddle.models..", "dev.heddle.cli..")
                .check(classes);
    }

    @Test
    void onnxRuntime_isUsedBySessionsAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.heddle.runtime.session..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.onnxruntime..")
                .check(classes);
    }

    @Test
    void protobuf_isUsedByTheExporterAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.heddle.exporter..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.protobuf..", "dev.heddle.exporter.proto..")
                .check(classes);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("dev.heddle.(*).(*)..").should().beFreeOfCycles().check(classes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Util", "Utils", "Helper", "Manager", "Common"})
    void class_isNamedForWhatItIs(String vague) {
        classes().should().haveSimpleNameNotEndingWith(vague).check(classes);
    }

    static Stream<Path> packages() throws IOException {
        Set<Path> folders;
        try (Stream<Path> files = MODULES.stream()
                .map(module -> ROOT.resolve(module).resolve("src/main/java"))
                .flatMap(ArchitectureTest::walk)) {
            folders = files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .collect(Collectors.toSet());
        }
        assertThat(folders).hasSizeGreaterThan(15);
        return folders.stream().sorted();
    }

    private static Stream<Path> walk(Path folder) {
        try {
            return Files.walk(folder);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("packages")
    void package_saysWhatItIsForAndMarksNulls(Path folder) throws IOException {
        Path info = folder.resolve("package-info.java");

        assertThat(info).exists();
        assertThat(Files.readString(info)).startsWith("/**").contains("\n@NullMarked\n");
    }
}
