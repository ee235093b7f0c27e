vim.api.nvim_create_user_command('CharRNN', function(call)
  require('charrnn.command').run(call)
end, { nargs = '+', complete = "customlist,v:lua.require'charrnn.command'.complete" })

vim.api.nvim_create_autocmd({ 'LspAttach', 'LspDetach' }, {
  group = vim.api.nvim_create_augroup('charrnn', {}),
  callback = function(event)
    require('charrnn.client').on_event(event)
  end,
})
