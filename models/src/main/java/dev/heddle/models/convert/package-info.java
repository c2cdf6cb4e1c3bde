/**
 * From a model folder back to the source it was exported from: names, layout, element types and files. Starts at {@link dev.heddle.models.convert.ModelConversion}.
 */
@NullMarked
package dev.heddle.models.convert;

import org.jspecify.annotations.NullMarked;
