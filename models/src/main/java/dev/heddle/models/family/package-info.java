/**
 * Model families: from a source's configuration file to the model description, with the names its checkpoint uses. A configuration field that changes the
 * function and is not supported is an error that names it. Starts at {@link dev.heddle.models.family.Families}.
 */
@NullMarked
package dev.heddle.models.family;

import org.jspecify.annotations.NullMarked;
