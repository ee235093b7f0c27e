--- `:CharRNN train`: have the server make a model of the writer's own texts.
local connection = require('charrnn.client')
local status = require('charrnn.status')

local M = {}

local NAME = 'mine'

---@param done table what the server says of the new model
local function summary(done)
  local after, before = done.after or {}, done.before or {}
  local figures = after.bitsPerCharacter and (', %.2f bits per character'):format(after.bitsPerCharacter) or ''
  if figures ~= '' and before.bitsPerCharacter then
    figures = figures .. (' (before: %.2f)'):format(before.bitsPerCharacter)
  end
  return ('the model %s is ready%s; use it with :CharRNN model %s'):format(done.model, figures, done.model)
end

---Neovim passes on no answer that says a request was cancelled: the end of the progress without an answer says it.
local function ended(training)
  vim.defer_fn(function()
    if status.training and status.training.request == training.request then
      status.set_training(nil)
      connection.tell('the training was stopped')
    end
  end, 500)
end

---Follow the progress that the server reports under our token.
local function follow()
  vim.api.nvim_create_autocmd('LspProgress', {
    group = vim.api.nvim_create_augroup('charrnn.training', {}),
    callback = function(event)
      local progress = event.data.params
      if not status.training or progress.token ~= status.TOKEN then
        return
      elseif progress.value.kind == 'end' then
        return ended(status.training)
      end
      status.set_training(vim.tbl_extend('force', status.training, {
        percentage = progress.value.percentage,
        message = progress.value.message,
      }))
    end,
  })
end

---@param client vim.lsp.Client
---@param folder? string
---@param name? string
function M.start(client, folder, name)
  local path = folder and vim.fs.normalize(vim.fn.fnamemodify(folder, ':p'))
  if not path or not vim.uv.fs_stat(path) then
    return connection.tell(
      ('say what to learn from: :CharRNN train {folder} [name]%s'):format(folder and '; there is no ' .. folder or ''),
      vim.log.levels.ERROR
    )
  elseif status.training then
    return connection.tell('a training is running; :CharRNN cancel stops it', vim.log.levels.ERROR)
  end
  follow()
  local arguments = { { paths = { path }, name = name or NAME } }
  local params = { command = 'charrnn.train', arguments = arguments, workDoneToken = status.TOKEN }
  local _, request = connection.call(client, 'request', 'workspace/executeCommand', params, function(err, done)
    status.set_training(nil)
    connection.tell(err and err.message or summary(done), err and vim.log.levels.WARN)
  end)
  status.set_training({ request = request })
  connection.tell(('training %s on %s; it goes on while you write'):format(name or NAME, path))
end

---@param client vim.lsp.Client
function M.cancel(client)
  if not status.training then
    return connection.tell('no training is running')
  end
  connection.call(client, 'notify', 'window/workDoneProgress/cancel', { token = status.TOKEN })
end

return M
