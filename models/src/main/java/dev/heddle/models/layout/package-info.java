/**
 * How the files of a source are made up: which bytes are tensors of the model, and which are not and have to be kept beside it. Written with an export, read on the
 * way back. Starts at {@link dev.heddle.models.layout.SourcePlan}.
 */
@NullMarked
package dev.heddle.models.layout;

import org.jspecify.annotations.NullMarked;
