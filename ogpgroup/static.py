"""Static files with a hash in the name, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashes names inside CSS imports and JavaScript module imports too."""

    support_js_module_import_aggregation = True
