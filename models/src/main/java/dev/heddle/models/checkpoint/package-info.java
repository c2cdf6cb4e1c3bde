/**
 * Readers for checkpoints on disk: safetensors (one file, or shards with an index) and torch's zip format. Files are mapped, never loaded, and treated as
 * hostile: every size, offset, dtype and name is checked, and nothing in a file is executed. Starts at {@link dev.heddle.models.checkpoint.Checkpoint}.
 */
@NullMarked
package dev.heddle.models.checkpoint;

import org.jspecify.annotations.NullMarked;
