"""Makes the folder a package that pip installs; torch-scaffold never imports it."""
