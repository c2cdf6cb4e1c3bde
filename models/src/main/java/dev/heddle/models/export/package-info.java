/**
 * From an open source to a model folder on disk: graph, weights, self-description, tokenizer and configuration files, all or nothing. Starts at
 * {@link dev.heddle.models.export.ModelExport}.
 */
@NullMarked
package dev.heddle.models.export;

import org.jspecify.annotations.NullMarked;
