--- `:checkhealth charrnn`
local connection = require('charrnn.client')

local M = {}

local health = vim.health

local function check_neovim()
  health.start('charrnn: Neovim')
  local version = tostring(vim.version())
  if vim.fn.has('nvim-0.10') == 0 then
    health.error(('Neovim %s is too old'):format(version), 'Use 0.10 or newer.')
  elseif vim.lsp.inline_completion then
    health.ok(('Neovim %s; suggestions are shown by vim.lsp.inline_completion'):format(version))
  else
    health.ok(('Neovim %s; suggestions are shown by the plugin itself'):format(version))
  end
end

---@return string[]
local function command()
  local config = vim.fn.has('nvim-0.11') == 1 and vim.lsp.config.charrnn or nil
  local cmd = config and config.cmd or { 'charrnn-lsp', '--stdio' }
  return type(cmd) == 'table' and cmd or {}
end

local function check_server()
  health.start('charrnn: server')
  local program = command()[1]
  if not program then
    return health.info('the server is started by a function')
  end
  local path = vim.fn.exepath(program)
  if path == '' then
    return health.error(('%s is not found'):format(program), {
      'Install it: pipx install . in a checkout of the project',
      "Or say where it is: vim.lsp.config('charrnn', { cmd = { '/path/to/charrnn-lsp', '--stdio' } })",
    })
  end
  local answer = vim.system({ path, '--version' }, { text = true, timeout = 20000 }):wait()
  if answer.code == 0 then
    health.ok(('%s at %s'):format(vim.trim(answer.stdout), path))
  else
    health.error(('%s does not run: %s'):format(path, vim.trim(answer.stderr)), 'Run charrnn-lsp check in a shell.')
  end
end

local function check_model(client)
  local status = require('charrnn.status').get(client.id)
  if not status then
    health.warn('the server has not said how it is', ':CharRNN log')
  elseif status.state == 'error' then
    health.error(status.message)
  elseif status.state == 'ready' then
    health.ok(status.message)
  else
    health.info(status.message)
  end
end

---Why there is a suggestion, or none, where insert mode was last left.
local function check_place(client)
  local last = require('charrnn.session').last
  if not last or not client.attached_buffers[last.buf] or not vim.api.nvim_buf_is_loaded(last.buf) then
    return health.info('nothing was written since the start, so there is no place to explain')
  end
  local place = require('charrnn.position').params(client, last.buf, last.row, last.col)
  local answer, problem = connection.execute_now(client, 'explain', { place })
  local where = ('%s:%d: '):format(vim.fn.fnamemodify(vim.api.nvim_buf_get_name(last.buf), ':t'), last.row + 1)
  if answer then
    health.info(where .. answer.message)
  else
    health.warn(where .. (problem or 'no answer'))
  end
end

local function check_client(client)
  local buffers = vim.tbl_filter(vim.api.nvim_buf_is_loaded, vim.tbl_keys(client.attached_buffers))
  health.ok(('attached to %d buffer(s), offset encoding %s'):format(#buffers, client.offset_encoding))
  check_model(client)
  check_place(client)
end

function M.check()
  check_neovim()
  check_server()
  health.start('charrnn: suggestions')
  local clients = vim.lsp.get_clients({ name = connection.NAME })
  if #clients == 0 then
    health.warn(
      'no server is running',
      { "Enable it: vim.lsp.enable('charrnn')", 'Open a prose file, as with :edit notes.md' }
    )
  end
  vim.tbl_map(check_client, clients)
end

return M
