package dev.heddle.runtime.parity.report;

import dev.heddle.runtime.parity.ParityReport;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A report as one web page that needs nothing else: no network, no file beside it. All that comes from files is
 * escaped, and the page's own policy lets no script run but the one it was made with.
 */
public final class HtmlReport {
    private HtmlReport() {}

    /** The whole page. */
    @SuppressWarnings("NullAway") // What the template became takes null for "nobody listens".
    public static String render(ParityReport report) {
        var page = new StringOutput();
        String style = resource("page.css");
        String script = resource("page.js");
        JtepageGenerated.render(
                new OwaspHtmlTemplateOutput(page), null, PageView.of(report), policy(style, script), style, script);
        return page.toString();
    }

    private static String policy(String style, String script) {
        return "default-src 'none'; style-src '%s'; script-src '%s'".formatted(hash(style), hash(script));
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
