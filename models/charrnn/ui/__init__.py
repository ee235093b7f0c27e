"""A page in the browser to play with models: `charrnn ui`. It needs the extra `ui`, and serves this machine alone.

`launch` starts it, `page` puts the tabs together. The `*_tab` modules alone know Gradio; what the tabs show is made by
`streams`, `surprise`, `desk` and `drawing`, and the models come from the `shelf`.
"""
