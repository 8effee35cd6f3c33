"""Components, forms, pagination, styles and scripts of the pages."""
