/* The pages work without any of this. Each module is one behaviour, found by its data- attribute. */
import "./agenda.js";
import "./copy.js";
import "./files.js";
import "./find.js";
import "./keep.js";
import "./menu.js";
import "./reader.js";
import "./toggle.js";
import "./unsaved.js";
