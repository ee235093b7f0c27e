--- The configuration behind `vim.lsp.enable('charrnn')`. Change any of it with `vim.lsp.config('charrnn', {...})`.
---@type vim.lsp.Config
return {
  cmd = { 'charrnn-lsp', '--stdio' },
  filetypes = {
    'asciidoc',
    'gitcommit',
    'html',
    'mail',
    'markdown',
    'org',
    'plaintex',
    'quarto',
    'rmd',
    'rst',
    'tex',
    'text',
    'typst',
  },
  -- No root: one server, and with it one memory of names and phrases, for all that is written.
  get_language_id = function(_, filetype)
    return filetype == 'plaintex' and 'tex' or filetype
  end,
  -- Neovim 0.10 and 0.11 do not announce what the plugin does for them.
  capabilities = vim.tbl_deep_extend('force', vim.lsp.protocol.make_client_capabilities(), {
    textDocument = { inlineCompletion = { dynamicRegistration = false } },
  }),
  -- What the writer configured is there from the first moment, and is trusted to name a model by its path.
  before_init = function(params, config)
    local own = (config.settings or {}).charrnn or {}
    local options = vim.tbl_extend('force', own, params.initializationOptions or {})
    params.initializationOptions = next(options) and options or nil
  end,
  handlers = {
    ['charrnn/status'] = function(_, status, context)
      require('charrnn.status').set(context.client_id, status)
    end,
  },
  on_exit = function(code, signal, client_id)
    require('charrnn.client').ended(code, signal, client_id)
  end,
}
