"""Sphinx's settings: no notebook is run, and no page loads anything from elsewhere."""

from course_utils.notebooks.pages import IN_DARK, IN_LIGHT, STYLE_SHEET

project = "Pretrain, fine-tune, validate"
author = "the workbook's authors"
language = "en"
extensions = ["myst_nb", "website.formulas"]

nb_execution_mode = "off"
nb_output_stderr = "error"  # a committed lesson writes none
nb_ipywidgets_js = {}  # else scripts from two other hosts
# Lessons are written for JupyterLab: what only MyST would read as markup is text there.
myst_disable_syntax = ["myst_role", "myst_target", "myst_block_break", "myst_line_comment"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_dmath_double_inline = True
myst_update_mathjax = False
myst_heading_anchors = 4
myst_heading_slug_func = "website.formulas.jupyterlab_anchor"

html_math_renderer = "mathml"
html_theme = "furo"
html_title = project
html_static_path = ["static", str(STYLE_SHEET)]
html_favicon = "static/favicon.svg"
html_css_files = [STYLE_SHEET.name, "site.css"]
html_js_files = ["site.js"]
html_theme_options = {"top_of_page_buttons": []}
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_show_copyright = False
pygments_style = IN_LIGHT
pygments_dark_style = IN_DARK
