-- A server in the editor's own process, for answers that a test wants to be exactly so, or at a moment of its choice.
_G.texts = {} -- what it answers: texts to insert; nil for null
_G.held = nil -- set to a list, it collects answers that a test then gives by calling them
_G.requests = {} -- the parameters of textDocument/inlineCompletion, in order
_G.cancelled = {} -- the numbers of requests
_G.sent = {} -- other messages: { method, params }
_G.unanswered = {} -- by command, a function of the error and the result that answers it

local CAPABILITIES = {
  textDocumentSync = { openClose = true, change = 2 },
  inlineCompletionProvider = {},
  executeCommandProvider = { commands = {} },
}

local function items(position)
  return texts
    and {
      items = vim.tbl_map(function(text)
        return { insertText = text, range = { start = position, ['end'] = position } }
      end, texts),
    }
end

return function(dispatchers)
  _G.dispatchers = dispatchers
  local closing, number = false, 0
  local function reply(method, params)
    if method == 'initialize' then
      local offered = params.capabilities.general.positionEncodings
      return { capabilities = vim.tbl_extend('force', CAPABILITIES, { positionEncoding = _G.encoding or offered[1] }) }
    elseif method == 'textDocument/inlineCompletion' then
      return items(params.position)
    end
  end
  return {
    request = function(method, params, callback, done)
      number = number + 1
      local request, result = number, reply(method, params)
      local function answer(problem, outcome)
        vim.schedule(function()
          if done then
            done(request)
          end
          callback(problem, outcome or result == nil and vim.NIL or result)
        end)
      end
      table.insert(method == 'textDocument/inlineCompletion' and requests or sent, { method = method, params = params })
      if held and method == 'textDocument/inlineCompletion' then
        table.insert(held, answer)
      elseif method == 'workspace/executeCommand' then
        unanswered[params.command] = answer
      else
        answer()
      end
      return true, request
    end,
    notify = function(method, params)
      if method == '$/cancelRequest' then
        table.insert(cancelled, params.id)
      elseif method == 'initialized' then
        dispatchers.notification('charrnn/status', { state = 'ready', message = 'Ready.', model = 'fake' })
      elseif method == 'exit' then
        closing = true
        dispatchers.on_exit(0, 0)
      end
      table.insert(sent, { method = method, params = params })
      return true
    end,
    is_closing = function()
      return closing
    end,
    terminate = function()
      closing = true
      dispatchers.on_exit(0, 15)
    end,
  }
end
