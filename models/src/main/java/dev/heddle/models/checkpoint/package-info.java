/**
 * Reads and writes tensors on disk: safetensors (one file, or shards with an index) and torch's zip format. Files are
 * mapped, never loaded, and treated as hostile: every size, offset, dtype and name is checked, and nothing in a file is
 * executed. Starts at {@link dev.heddle.models.checkpoint.Checkpoints} for reading and at
 * {@link dev.heddle.models.checkpoint.SafetensorsWriter} and {@link dev.heddle.models.checkpoint.TorchZipWriter} for
 * writing. What the tensors mean is not known here.
 */
@NullMarked
package dev.heddle.models.checkpoint;

import org.jspecify.annotations.NullMarked;
