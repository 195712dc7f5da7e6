// The parts of Tabulator that the report pages use, as one script without imports.
import Tabulator from "tabulator-tables/src/js/core/Tabulator.js";
import Accessor from "tabulator-tables/src/js/modules/Accessor/Accessor.js";
import Clipboard from "tabulator-tables/src/js/modules/Clipboard/Clipboard.js";
import Download from "tabulator-tables/src/js/modules/Download/Download.js";
import Export from "tabulator-tables/src/js/modules/Export/Export.js";
import Filter from "tabulator-tables/src/js/modules/Filter/Filter.js";
import Format from "tabulator-tables/src/js/modules/Format/Format.js";
import FrozenColumns from "tabulator-tables/src/js/modules/FrozenColumns/FrozenColumns.js";
import ResizeTable from "tabulator-tables/src/js/modules/ResizeTable/ResizeTable.js";
import Sort from "tabulator-tables/src/js/modules/Sort/Sort.js";

Tabulator.registerModule([
  Accessor, Clipboard, Download, Export, Filter, Format, FrozenColumns, ResizeTable, Sort,
]);
window.Tabulator = Tabulator;
