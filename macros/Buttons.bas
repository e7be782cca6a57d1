Attribute VB_Name = "Buttons"
Option Explicit
' One Sub per button. Excel runs the job through xlwings, LibreOffice through the command line.
' ASCII only: what users read stands in cells (names text_...) and in the buttons themselves.
' LibreOffice compiles all branches of #If, Excel only true ones: what stands under
' #If NEVER_DEFINED runs in LibreOffice alone, and nothing may stand under #Else.

Public Sub ConsolidateAll()
    RunJob "consolidate"
End Sub

Public Sub CheckAll()
    RunJob "check_all"
End Sub

Public Sub RemindByMail()
    RunJob "remind"
End Sub

Public Sub OpenResult()
    RunJob "open_result"
End Sub

Public Sub CheckThisForm()
    RunJob "check_form", True
End Sub

Public Sub ClearMarks()
    RunJob "clear_marks", True
End Sub

Private Sub RunJob(ByVal job As String, Optional ByVal needsForm As Boolean = False)
    Dim wasSaved As Boolean
    wasSaved = ThisWorkbook.Saved
    If needsForm Then
        If Not FormChosen() Then Exit Sub
    End If
    Application.StatusBar = Sentence("running")
    If InLibreOffice() Then
        RunFromCommandLine job
        ' saved by LibreOffice this workbook would lose parts: nobody should be asked to save it
        If wasSaved Then ThisWorkbook.Saved = True
    Else
        RunThroughXlwings job
    End If
    Application.StatusBar = False
End Sub

Private Function InLibreOffice() As Boolean
    #If NEVER_DEFINED Then
        InLibreOffice = True
    #End If
End Function

' ---- Excel

Private Sub RunThroughXlwings(ByVal job As String)
    If OnWindows() Then
        If Not FileExists(GetConfig("INTERPRETER_WIN", "")) Then
            Say Sentence("python_missing"), False
            Exit Sub
        End If
    End If
    ' no double quotes in the command: xlwings puts it between double quotes
    If RunPython("import toolkit.buttons; toolkit.buttons.click('" & job & "')") = -1 Then
        Say Sentence("job_failed"), False
    End If
End Sub

Private Function OnWindows() As Boolean
    OnWindows = InStr(Application.OperatingSystem, "Windows") > 0
End Function

' ---- LibreOffice

Private Sub RunFromCommandLine(ByVal job As String)
    Dim program As String, arguments As String, answer As String
    program = Environ("TOOLKIT_PYTHON")
    If program = "" Then program = CStr(Named("toolkit_python").Value)
    If Not IsFile(program) Then
        Say Sentence("python_missing"), False
        Exit Sub
    End If
    answer = FreshAnswerFile()
    arguments = "-B -P -m toolkit.buttons " & job _
        & " --book " & Quoted(FullPath(ThisWorkbook)) _
        & Argument("--folder", "console_folder") _
        & Argument("--period", "console_period") _
        & Argument("--form", "console_form") _
        & Argument("--output", "console_output") _
        & " --result " & Quoted(answer)
    #If NEVER_DEFINED Then
        ' waits for the end; says nothing about success, so the answer is looked for
        Shell Quoted(program), 0, arguments, True
    #End If
    If IsFile(answer) Then
        TakeAnswer answer
    Else
        Say Sentence("result_missing"), False
    End If
End Sub

Private Function Argument(ByVal optionName As String, ByVal cell As String) As String
    Dim value As String
    value = Trim(CStr(Named(cell).Value))
    ' a backslash before the closing quote would escape it
    If Right(value, 1) = "\" Then value = value & "."
    If value <> "" Then Argument = " " & optionName & " " & Quoted(value)
End Function

Private Function Quoted(ByVal text As String) As String
    Quoted = Chr(34) & text & Chr(34)
End Function

Private Function FreshAnswerFile() As String
    Dim folder As String
    folder = Environ("TMPDIR")
    If folder = "" Then folder = Environ("TEMP")
    If folder = "" Then folder = "/tmp"
    FreshAnswerFile = folder & Application.PathSeparator & "toolkit-button-" _
        & CStr(CLng(Date)) & "-" & CStr(CLng(Timer * 100)) & ".txt"
    If IsFile(FreshAnswerFile) Then Kill FreshAnswerFile
End Function

' xlwings' FileExists asks Mac and Windows at once there.
Private Function IsFile(ByVal path As String) As Boolean
    If path <> "" Then IsFile = (Dir(path) <> "")
End Function

' Lines of: name, tab, kind (text, number, message, problem, open), tab, value.
Private Sub TakeAnswer(ByVal answer As String)
    Dim channel As Integer, textLine As String, parts() As String
    Dim message As String, fine As Boolean, workbookToOpen As String
    fine = True
    channel = FreeFile
    Open answer For Input As #channel
    Do While Not EOF(channel)
        Line Input #channel, textLine
        parts = Split(textLine, Chr(9))
        If UBound(parts) = 2 Then
            Select Case parts(1)
                Case "text", "number"
                    PutAnswer parts(0), parts(1), parts(2)
                Case "message", "problem"
                    message = Decoded(parts(2))
                    fine = (parts(1) = "message")
                Case "open"
                    workbookToOpen = Decoded(parts(2))
            End Select
        End If
    Loop
    Close #channel
    Kill answer
    If message <> "" Then Say message, fine
    If workbookToOpen <> "" Then Workbooks.Open workbookToOpen
End Sub

Private Sub PutAnswer(ByVal key As String, ByVal kind As String, ByVal text As String)
    ' an older console lacks cells that a newer toolkit fills
    On Error Resume Next
    If kind = "number" Then
        Named(key).Value = Val(text)
    Else
        PutText Named(key), Decoded(text)
    End If
End Sub

' Everything but printable ASCII comes as \ and the five decimal digits of its UTF-16 code.
Private Function Decoded(ByVal text As String) As String
    Dim parts() As String, i As Long
    If text = "" Then Exit Function
    parts = Split(text, "\")
    Decoded = parts(0)
    For i = 1 To UBound(parts)
        Decoded = Decoded & ChrW(CLng(Left(parts(i), 5))) & Mid(parts(i), 6)
    Next i
End Function

' ---- both

' A form is checked while it is open beside the console: it is the window used before this one.
Private Function FormChosen() As Boolean
    Dim i As Long, book As Workbook
    For i = 1 To Application.Windows.Count
        Set book = Application.Windows(i).Parent
        If book.Name <> ThisWorkbook.Name And Application.Windows(i).Visible Then
            PutText Named("console_form"), FullPath(book)
            FormChosen = True
            Exit Function
        End If
    Next i
    Say Sentence("no_form"), False
End Function

' FullName is the bare name in LibreOffice.
Private Function FullPath(ByVal book As Workbook) As String
    FullPath = book.Name
    If book.Path <> "" Then FullPath = book.Path & Application.PathSeparator & book.Name
End Function

Private Sub PutText(ByVal cell As Range, ByVal text As String)
    ' text format first: a text that begins with = must not become a formula
    cell.NumberFormat = "@"
    cell.Value = text
End Sub

Private Function Named(ByVal key As String) As Range
    Set Named = ThisWorkbook.Names(key).RefersToRange
End Function

Private Function Sentence(ByVal key As String) As String
    Sentence = CStr(Named("text_" & key).Value)
End Function

Private Sub Say(ByVal text As String, ByVal fine As Boolean)
    Dim icon As Integer
    icon = vbExclamation
    If fine Then icon = vbInformation
    If OnWindows() And Not InLibreOffice() Then
        ' MsgBox shows only what the PC's own code page has
        WScript.Popup text, 0, Sentence("title"), icon
    Else
        MsgBox text, icon, Sentence("title")
    End If
End Sub
